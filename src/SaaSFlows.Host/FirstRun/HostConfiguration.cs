using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Licensing;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.Tenants;
using SaaSFlows.Automation.Events;
using SaaSFlows.Automation.Registry;
using SaaSFlows.Automation.Webhooks;
using SaaSFlows.Engine.Running;
using SaaSFlows.Host.Studio;
using SaaSFlows.Outbound;
using SaaSFlows.Postgres.Embedded;
using SaaSFlows.Postgres.Retention;
using SaaSFlows.Vault;

namespace SaaSFlows.Host.FirstRun;

/// <summary>The one place that names configuration sections.</summary>
internal static class HostConfiguration
{
    private const string DefaultAddress = "http://localhost:8070";
    private const string DefaultGrpcAddress = "http://localhost:50070";
    private const string GrpcUrlKey = "Grpc:Url";

    public static void ListenOnDefaultAddress(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        string[] keys = [WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey];
        if (keys.All(key => string.IsNullOrEmpty(configuration[key])) && !configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultAddress);
            configuration[GrpcUrlKey] ??= DefaultGrpcAddress;
        }
    }

    public static void AddOptionsFromConfiguration(this WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable("SAASFLOWS_SKIP_STUDIO") == "1")
        {
            builder.Configuration["Studio:Build"] = "false";
        }

        builder.Services.AddOptions<StudioOptions>().BindConfiguration("Studio");
        builder.Services.AddSingleton<Welcome>();
    }

    public static StudioOptions Studio(this IConfiguration configuration) => configuration.GetSection("Studio").Get<StudioOptions>() ?? new();

    public static EmbeddedServerOptions EmbeddedServer(this IConfiguration configuration) =>
        configuration.GetSection("EmbeddedPostgres").Get<EmbeddedServerOptions>() ?? new();

    /// <summary>What this process does; all, unless configured.</summary>
    public static ProcessRoles Roles(this IConfiguration configuration) => configuration["Roles"] is { Length: > 0 } roles
        ? Enum.Parse<ProcessRoles>(roles, ignoreCase: true)
        : ProcessRoles.All;

    /// <summary>Where gRPC is served. On port 50070 beside the default address; where that is changed, only if this is set too.</summary>
    public static string? GrpcUrl(this IConfiguration configuration) => configuration[GrpcUrlKey];

    /// <summary>Whether a demo tenant is made; by default only in a checkout's own database.</summary>
    public static bool Demo(this IConfiguration configuration, bool isOwnDatabase) => configuration.GetValue("Demo:Enabled", isOwnDatabase);

    public static MasterKeyOptions MasterKey(this IConfiguration configuration) => new()
    {
        Current = configuration["SAASFLOWS_MASTER_KEY"],
        Previous = configuration["SAASFLOWS_MASTER_KEY_PREVIOUS"],
        Directory = configuration["Vault:KeyDirectory"] ?? Path.Combine(RepositoryRoot.Find() ?? AppContext.BaseDirectory, ".data", "keys"),
    };

    /// <summary>Unless configured, tokens name the public address as their issuer: there clients look for the keys.</summary>
    public static AccessTokenOptions AccessTokens(this IConfiguration configuration)
    {
        var options = new AccessTokenOptions { Issuer = configuration.Mail().PublicUrl.AbsoluteUri.TrimEnd('/') };
        configuration.GetSection("AccessTokens").Bind(options);
        return options;
    }

    public static LicensingOptions Licensing(this IConfiguration configuration) => configuration.GetSection("Licensing").Get<LicensingOptions>() ?? new();

    public static MailOptions Mail(this IConfiguration configuration) => configuration.GetSection("Mail").Get<MailOptions>() ?? new();

    public static OutboundOptions Outbound(this IConfiguration configuration) => configuration.GetSection("Outbound").Get<OutboundOptions>() ?? new();

    public static RetentionOptions Retention(this IConfiguration configuration) => configuration.GetSection("Retention").Get<RetentionOptions>() ?? new();

    public static TenantOptions Tenants(this IConfiguration configuration)
    {
        var options = configuration.GetSection("Tenants").Get<TenantOptions>() ?? new();
        options.Validate();
        return options;
    }

    public static EventOptions Events(this IConfiguration configuration) => configuration.GetSection("Events").Get<EventOptions>() ?? new();

    public static RegistryOptions Registry(this IConfiguration configuration) => configuration.GetSection("Registry").Get<RegistryOptions>() ?? new();

    public static WebhookOptions Webhooks(this IConfiguration configuration) => configuration.GetSection("Webhooks").Get<WebhookOptions>() ?? new();

    public static WorkerOptions Worker(this IConfiguration configuration) => configuration.GetSection("Worker").Get<WorkerOptions>() ?? new();
}
