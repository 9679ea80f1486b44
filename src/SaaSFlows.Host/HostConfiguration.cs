using System.Globalization;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Api.Cors;
using SaaSFlows.Api.Exports;
using SaaSFlows.Api.Metrics;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.RateLimits;
using SaaSFlows.Automation.Events;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Automation.Registry;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Running;
using SaaSFlows.Host.Configuration;
using SaaSFlows.Host.Jobs;
using SaaSFlows.Host.Operations;
using SaaSFlows.Host.Studio;
using SaaSFlows.Outbound;
using SaaSFlows.Postgres.Retention;
using SaaSFlows.Vault;

namespace SaaSFlows.Host;

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

        builder.Logging.AddLogs(builder.Configuration.Telemetry());
        builder.Services.AddOptions<StudioOptions>().BindConfiguration("Studio");
        builder.Services.AddSingleton<Welcome>();
    }

    public static StudioOptions Studio(this IConfiguration configuration) => configuration.Read<StudioOptions>("Studio");

    public static EmbeddedServerOptions EmbeddedServer(this IConfiguration configuration) =>
        configuration.Read<EmbeddedServerOptions>("EmbeddedPostgres");

    /// <summary>What this process does; all, unless configured.</summary>
    public static ProcessRoles Roles(this IConfiguration configuration) =>
        configuration["Roles"] is not { Length: > 0 } text ? ProcessRoles.All
        : Enum.TryParse<ProcessRoles>(text, ignoreCase: true, out var roles) && (roles & ~ProcessRoles.All) == default && roles != default ? roles
        : throw new SettingException($"Roles must be a list of Api, Worker, Scheduler and Migrate, or All; not '{text}'.");

    /// <summary>Where gRPC is served. On port 50070 beside the default address; where that is changed, only if this is set too.</summary>
    public static string? GrpcUrl(this IConfiguration configuration) => configuration[GrpcUrlKey];

    /// <summary>Whether a demo tenant is made; by default only in a checkout's own database.</summary>
    public static bool Demo(this IConfiguration configuration, bool isOwnDatabase) => configuration.GetValue("Demo:Enabled", isOwnDatabase);

    public static MasterKeyOptions MasterKey(this IConfiguration configuration) =>
        new()
        {
            Current = configuration["SAASFLOWS_MASTER_KEY"],
            Previous = configuration["SAASFLOWS_MASTER_KEY_PREVIOUS"],
            Directory = configuration["Vault:KeyDirectory"] ?? Path.Combine(Checkout.Root ?? AppContext.BaseDirectory, ".data", "keys"),
        };

    /// <exception cref="SettingException">A key is malformed; the message names the setting, never the value.</exception>
    public static MasterKeys LoadMasterKeys(this IConfiguration configuration, ILogger<MasterKeys> logger)
    {
        try
        {
            return MasterKeys.Load(configuration.MasterKey(), logger);
        }
        catch (InvalidOperationException error)
        {
            throw new SettingException(error.Message);
        }
    }

    /// <summary>Unless configured, tokens name the public address as their issuer: there clients look for the keys.</summary>
    public static AccessTokenOptions AccessTokens(this IConfiguration configuration)
    {
        var options = new AccessTokenOptions { Issuer = configuration.Mail().PublicUrl.AbsoluteUri.TrimEnd('/') };
        configuration.GetSection("AccessTokens").Bind(options);
        return options;
    }

    public static LicensingOptions Licensing(this IConfiguration configuration) => configuration.Read<LicensingOptions>("Licensing");

    public static CorsOptions Cors(this IConfiguration configuration) => configuration.Read<CorsOptions>("Cors", options => options.Validate());

    public static DatabaseOptions Database(this IConfiguration configuration) =>
        configuration.Read<DatabaseOptions>("Database", options => options.Validate());

    public static ExternalServiceOptions ExternalServices(this IConfiguration configuration) =>
        configuration.Read<ExternalServiceOptions>("ExternalServices");

    public static MetricsOptions Metrics(this IConfiguration configuration) => configuration.Read<MetricsOptions>("Metrics");

    public static EventOptions Events(this IConfiguration configuration) => configuration.Read<EventOptions>("Events");

    public static ExportOptions Exports(this IConfiguration configuration) =>
        configuration.Read<ExportOptions>("Exports", options => options.Validate());

    public static JobOptions Jobs(this IConfiguration configuration) => configuration.Read<JobOptions>("Jobs");

    public static LiveLogOptions LiveLogs(this IConfiguration configuration) =>
        configuration.Read<LiveLogOptions>("LiveLogs", options => options.Validate());

    public static MailOptions Mail(this IConfiguration configuration) => configuration.Read<MailOptions>("Mail");

    public static OutboundOptions Outbound(this IConfiguration configuration) => configuration.Read<OutboundOptions>("Outbound");

    public static OverloadOptions Overload(this IConfiguration configuration) =>
        configuration.Read<OverloadOptions>("Overload", options => options.Validate());

    public static RateLimitOptions RateLimits(this IConfiguration configuration) =>
        configuration.Read<RateLimitOptions>("RateLimits", options => options.Validate());

    public static RegistryOptions Registry(this IConfiguration configuration) => configuration.Read<RegistryOptions>("Registry");

    public static RetentionOptions Retention(this IConfiguration configuration) => configuration.Read<RetentionOptions>("Retention");

    public static ShutdownOptions Shutdown(this IConfiguration configuration) => configuration.Read<ShutdownOptions>("Shutdown");

    public static TelemetryOptions Telemetry(this IConfiguration configuration) =>
        configuration.Read<TelemetryOptions>("Telemetry", options => options.Validate());

    public static TenantOptions Tenants(this IConfiguration configuration) =>
        configuration.Read<TenantOptions>("Tenants", options => options.Validate());

    public static WarmUpOptions WarmUp(this IConfiguration configuration) => configuration.Read<WarmUpOptions>("WarmUp");

    public static WebhookOptions Webhooks(this IConfiguration configuration) =>
        configuration.Read<WebhookOptions>("Webhooks", options => options.Validate());

    /// <summary>Unless configured, as many slots as the cores and the memory of this process can serve.</summary>
    public static WorkerOptions Worker(this IConfiguration configuration) =>
        configuration.Read(
            "Worker",
            defaults: new WorkerOptions { Slots = MachineSlots.For(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) }
        );

    private static T Read<T>(this IConfiguration configuration, string section, Action<T>? validate = null, T? defaults = null)
        where T : class, new()
    {
        try
        {
            var options = defaults ?? new();
            foreach (var setting in configuration.GetSection(section).GetChildren())
            {
                Check<T>(setting);
            }

            configuration.GetSection(section).Bind(options);
            validate?.Invoke(options);
            return options;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            throw new SettingException(error.Message);
        }
    }

    // The binder passes over names that it does not know, and reads a plain number as days.
    private static void Check<T>(IConfigurationSection setting)
    {
        var properties = typeof(T).GetProperties().Where(property => property.CanWrite || property.PropertyType.IsGenericType).ToList();
        if (properties.Find(property => property.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase)) is not { } known)
        {
            var names = string.Join(", ", properties.Select(property => property.Name).Order(StringComparer.Ordinal));
            throw new ArgumentException($"There is no setting {setting.Path}. In {setting.Path[..^(setting.Key.Length + 1)]} there are: {names}.");
        }

        if (known.PropertyType == typeof(TimeSpan) && int.TryParse(setting.Value, CultureInfo.InvariantCulture, out var number))
        {
            throw new ArgumentException(
                $"{setting.Path} must be a time such as 00:00:05 (hours:minutes:seconds), not {number}, which would be days."
            );
        }
    }
}
