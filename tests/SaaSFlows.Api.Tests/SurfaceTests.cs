using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Grpc;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Api.Tests;

/// <summary>What the program shows as a whole: its routes, its description, its tables.</summary>
public sealed class SurfaceTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_says_who_may_use_it()
    {
        var rules = host
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            // What stands for methods that are not there is never called.
            .Where(endpoint => !GrpcCalls.IsGrpc(endpoint) || endpoint.Metadata.GetMetadata<GrpcMethod>() is not null)
            .ToDictionary(endpoint => endpoint, endpoint => endpoint.Metadata.GetOrderedMetadata<AccessRule>());

        Assert.NotEmpty(rules);
        Assert.Empty(
            rules
                .Where(rule => rule.Value is not [AccessRule.Public or AccessRule.SignedIn or AccessRule.Holder])
                .Select(rule => rule.Key.DisplayName)
        );
        // A route that asks for what nobody can have is closed by mistake; one that is public beside a rule is open by mistake.
        Assert.Empty(rules.Values.SelectMany(rule => rule).OfType<AccessRule.Holder>().Select(rule => rule.Permission).Except(Permission.All));
        Assert.Empty(
            rules
                .Where(rule => rule.Value is [AccessRule.Public] != rule.Key.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                .Select(rule => rule.Key.DisplayName)
        );
    }

    [Fact]
    public async Task The_database_is_what_the_model_says()
    {
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);

        Assert.Empty(await DriftCheck.FindAsync(db, Ct));
    }

    [Fact]
    public async Task Health_and_status_answer_as_documented()
    {
        using var client = host.Anonymous();

        Assert.Equal("""{"success":true,"data":{"healthy":true,"module":"workflow_core_module"}}""", await client.GetStringAsync("/health", Ct));
        var status = JsonElement.Parse(await client.GetStringAsync("/api/v1/status", Ct)).GetProperty("data");
        Assert.Equal(("operational", "workflow_core_module"), (status.GetProperty("status").GetString(), status.GetProperty("module").GetString()));
        Assert.Contains("swagger-ui", await client.GetStringAsync("/swagger-ui/index.html", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_document_names_every_route_and_no_other()
    {
        using var client = host.Anonymous();
        Assert.Equal("3.1.0", JsonElement.Parse(await client.GetStringAsync("/api/v1/openapi.json", Ct)).GetProperty("openapi").GetString());

        var routes = host
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => !GrpcCalls.IsGrpc(endpoint))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetRequiredMetadata<HttpMethodMetadata>()
                    .HttpMethods.Where(method => method != "HEAD")
                    .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")
            );
        Assert.Equal(Contract.Routes.Order(), routes.Order());
    }
}
