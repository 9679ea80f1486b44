using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Accounts;
using SaaSFlows.Api.Activities;
using SaaSFlows.Api.Approvals;
using SaaSFlows.Api.Audit;
using SaaSFlows.Api.Browsers;
using SaaSFlows.Api.BrowserSources;
using SaaSFlows.Api.Chat;
using SaaSFlows.Api.Communities;
using SaaSFlows.Api.Cors;
using SaaSFlows.Api.DryRuns;
using SaaSFlows.Api.Events;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Health;
using SaaSFlows.Api.Invitations;
using SaaSFlows.Api.Issuers;
using SaaSFlows.Api.LiveLogs;
using SaaSFlows.Api.Metrics;
using SaaSFlows.Api.OpenId;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.RateLimits;
using SaaSFlows.Api.Registry;
using SaaSFlows.Api.Status;
using SaaSFlows.Api.Templates;
using SaaSFlows.Api.Tenants;
using SaaSFlows.Api.Unversioned;
using SaaSFlows.Api.Webhooks;
using SaaSFlows.Api.Wire;
using SaaSFlows.Api.Workflows;

namespace SaaSFlows.Api;

/// <summary>Registers and maps the wire.</summary>
public static class ApiServices
{
    private const string OpenApiPath = "/api/v1/openapi.json";

    // Written by hand: it is the contract that routes are tested against and the studio's client is made from.
    private static readonly byte[] OpenApiDocument = ReadResource("openapi.json");

    private const string ProtoPath = "/api/v1/grpc/workflow_service.proto";
    private static readonly byte[] ProtoFile = ReadResource("workflow_service.proto");

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(options => WireJson.Configure(options.SerializerOptions));
        services.AddHttpContextAccessor();
        services.AddCompression();
        services
            .AddAuthentication(SessionAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null);
        // A route that declares nothing is closed, not open. What is no route at all may answer 404 or 405 to anybody.
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(
                new AuthorizationPolicyBuilder()
                    .RequireAssertion(context =>
                        context.Resource is HttpContext http
                        && (http.GetEndpoint() is not RouteEndpoint || http.User.Identity?.IsAuthenticated == true)
                    )
                    .Build()
            );
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationHandler, SessionHandler>();
        services.AddSingleton<StreamGuard>();
        services.AddSingleton<AwaitedExecution>();
        services.AddSingleton<UnexpectedErrors>();
        services.AddGrpcServices();
        return services;
    }

    /// <summary>The middleware that routes need, in its order.</summary>
    public static IApplicationBuilder UseApi(this IApplicationBuilder app)
    {
        app.Use(CorrelationIds.UseAsync);
        app.UseMiddleware<RequestLog>();
        app.Use(BrowserSecurity.UseAsync);
        app.Use(Draining.UseAsync);
        app.UseMiddleware<ErrorAnswers>();
        app.UseMiddleware<DatabaseGate>();
        var (tenants, options) = (
            app.ApplicationServices.GetRequiredService<TenantNames>(),
            app.ApplicationServices.GetRequiredService<TenantOptions>()
        );
        var database = app.ApplicationServices.GetRequiredService<DatabaseAvailability>();
        app.Use((http, next) => NamedTenant.ReadAsync(http, next, tenants, options, database));
        app.UseWebSockets();
        app.Use((http, next) => WebSocketOrigins.CheckAsync(http, next));
        app.UseRouting();
        app.Use(RequestLog.NameRouteAsync);
        app.UseCompression();
        app.Use((http, next) => DatabaseGate.RefuseAsync(http, next, database));
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Use((http, next) => GrpcCalls.CheckAsync(http, next, time, stopping));
        app.UseConfiguredCors();
        // Said here, because the application would put it in front of everything where it only finds it in a branch.
        app.Properties["__AuthenticationMiddlewareSet"] = true;
        app.UseWhen(http => DatabaseGate.AsksWhoCalls(http, database), branch => branch.UseAuthentication());
        app.Use(RequestLog.NameTenantAsync);
        app.Use((http, next) => NamedTenant.CheckAsync(http, next, tenants));
        // Before it is decided who may: so guessing is limited too.
        app.Use((http, next) => http.RequestServices.GetRequiredService<RequestLimits>().CheckAsync(http, next));
        app.Use((http, next) => http.RequestServices.GetRequiredService<RequestGate>().CheckAsync(http, next));
        app.UseAuthorization();
        var document = JsonElement.Parse(OpenApiDocument);
        app.Use(new KnownParameters(document).CheckAsync);
        app.Use(new BodylessRoutes(document).CheckAsync);
        return app;
    }

    /// <summary>Health, status and metrics: every process answers them.</summary>
    public static void MapStatus(this WebApplication app)
    {
        var routes = app.WithHead();
        StatusRoutes.Map(routes);
        HealthRoutes.Map(routes);
        MetricsRoutes.Map(routes);
    }

    /// <summary>Every other route.</summary>
    public static void MapApi(this WebApplication app)
    {
        var routes = app.WithHead();
        AuthRoutes.Map(routes);
        SessionRoutes.Map(routes);
        PasswordRoutes.Map(routes);
        SecondFactorRoutes.Map(routes);
        ServiceAccountRoutes.Map(routes);
        OAuthClientRoutes.Map(routes);
        BrowserRoutes.Map(routes);
        TokenRoutes.Map(routes);
        CommunityRoutes.Map(routes);
        ApiKeyRoutes.Map(routes);
        MemberRoutes.Map(routes);
        RoleRoutes.Map(routes);
        InvitationRoutes.Map(routes);
        TrustedIssuerRoutes.Map(routes);
        OwnTenantRoutes.Map(routes);
        TenantRoutes.Map(routes);
        ActivityRoutes.Map(routes);
        WorkflowRoutes.Map(routes);
        TransferRoutes.Map(routes);
        ShareRoutes.Map(routes);
        PermissionRoutes.Map(routes);
        ExecutionRoutes.Map(routes);
        NamedExecutionRoutes.Map(routes);
        TemplateRoutes.Map(routes);
        DryRunRoutes.Map(routes);
        LiveLogRoutes.Map(routes);
        WebhookRoutes.Map(routes);
        ChatRoutes.Map(routes);
        ApprovalRoutes.Map(routes);
        EventRoutes.Map(routes);
        RegistryRoutes.Map(routes);
        BrowserSourceRoutes.Map(routes);
        AuditRoutes.Map(routes);
        BareWorkflowRoutes.Map(routes);
        BareExecutionRoutes.Map(routes);
        NamedWorkflowRoutes.Map(routes);
        GrpcServices.Map(app);
        routes.MapGet(ProtoPath, () => Results.Bytes(ProtoFile, "text/plain; charset=utf-8", "workflow_service.proto")).IsPublic().NeedsNoDatabase();
        routes.MapGet(OpenApiPath, () => Results.Bytes(OpenApiDocument, "application/json")).IsPublic().NeedsNoDatabase();
        routes.MapGet("/openapi.json", () => Results.Redirect(OpenApiPath)).IsPublic().NeedsNoDatabase();
        DocumentationPages.Use(app, OpenApiPath);
    }

    private static byte[] ReadResource(string name)
    {
        using var stream = typeof(ApiServices).Assembly.GetManifestResourceStream(name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
