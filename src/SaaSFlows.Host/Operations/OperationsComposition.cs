using Microsoft.Extensions.DependencyInjection.Extensions;
using SaaSFlows.Api;
using SaaSFlows.Api.Metrics;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Postgres;
using SaaSFlows.Postgres.Health;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Host.Operations;

/// <summary>Puts together what operators see.</summary>
internal static class OperationsComposition
{
    public static void AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddApiOperations(
            configuration.Metrics(),
            configuration.RateLimits(),
            configuration.Overload(),
            configuration.Cors(),
            configuration.Exports()
        );
        var shutdown = configuration.Shutdown();
        services.AddSingleton(shutdown);
        services.AddHostedService<DrainDelay>();
        services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdown.Delay + shutdown.Timeout);
        var telemetry = configuration.Telemetry();
        if (TelemetryExport.IsConfigured(telemetry, configuration))
        {
            services.AddSingleton(telemetry);
            services.AddHostedService<TelemetryExport>();
        }

        services.AddSingleton<BeforeScrape>(provider => provider.GetRequiredService<QueueStatusRefresh>().Want);
        services.AddSingleton(provider => Availability(provider.GetRequiredService<DatabasePulse>()));
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, OutageLogging>());
        var mail = configuration.Mail();
        var checks = services
            .AddHealthChecks()
            .AddPostgresHealth()
            .AddCheck<SecretsHealth>("secrets", tags: ["ready"])
            .AddCheck("mail", new ConnectionHealth(mail.Host, mail.Port, TimeProvider.System))
            .AddCheck("disk", new DiskHealth(configuration.MasterKey().Directory));
        var others = configuration.ExternalServices();
        foreach (var (name, address) in new[] { ("notion", others.Notion), ("slack", others.Slack), ("helpscout", others.HelpScout) })
        {
            if (address is not null)
            {
                checks.AddCheck(name, new ConnectionHealth(address.DnsSafeHost, address.Port, TimeProvider.System));
            }
        }
    }

    private static DatabaseAvailability Availability(DatabasePulse pulse) =>
        new(() => pulse.WhileAnswering, error => DatabaseFaults.IsAway(error), pulse.Explains);
}
