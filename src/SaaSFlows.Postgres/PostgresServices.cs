using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Health;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Retention;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres;

/// <summary>Registers what this project offers.</summary>
public static class PostgresServices
{
    private static readonly TimeSpan CheckPatience = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Pools, tenants' transactions, journal, queue, feed. The database has been migrated before; a <see cref="TimeProvider"/> is registered.
    /// </summary>
    public static IServiceCollection AddPostgres(this IServiceCollection services, RoleConnections connections, DatabasePulseOptions? pulse = null)
    {
        services.AddSingleton(sp => new PostgresPools(connections, sp.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(sp => new DatabasePulse(
            sp.GetRequiredService<PostgresPools>(),
            pulse ?? DatabasePulseOptions.Default,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<DatabasePulse>>()
        ));
        services.AddHostedService(sp => sp.GetRequiredService<DatabasePulse>());
        services.AddSingleton<ModelParts>();
        services.AddPooledDbContextFactory<AppDb>(
            (sp, options) =>
                options
                    .UseNpgsql(sp.GetRequiredService<PostgresPools>().App.Source)
                    .AddInterceptors(sp.GetRequiredService<PostgresPools>().App.Interceptor)
                    .LogErrorsOnce()
                    .ReplaceService<IModelCacheKeyFactory, ModelPartsCacheKey>()
        );
        services.AddInternalSingleton<TenantDatabase>();
        return services.AddStore();
    }

    /// <summary>What only one process role needs: firing due bookmarks, partitions, forgetting expired keys and old history.</summary>
    public static IServiceCollection AddPostgresMaintenance(this IServiceCollection services, RetentionOptions retention) =>
        services
            .AddSingleton(retention)
            .AddSingleton<HistoryRetention>()
            .AddSingleton<RetentionPass>()
            .AddSingleton<Housekeeping>()
            .AddSingleton(sp => new PlatformJob("housekeeping", "5 * * * *", sp.GetRequiredService<Housekeeping>().PassAsync))
            .AddSingleton(sp => new PlatformJob("old-history", "*/10 * * * *", sp.GetRequiredService<RetentionPass>().RunAsync))
            .AddHostedService<DueBookmarksService>();

    /// <summary>
    /// Adds what can be wrong here to the container's health checks; those tagged <c>ready</c> must be well for a process to be of use.
    /// </summary>
    public static IHealthChecksBuilder AddPostgresHealth(this IHealthChecksBuilder checks) =>
        checks
            .AddCheck<DatabaseHealth>("database", tags: ["ready"], timeout: CheckPatience)
            .AddCheck<MigrationsHealth>("migrations", tags: ["ready"], timeout: CheckPatience)
            .AddCheck<QueueHealth>("queue", timeout: CheckPatience)
            .AddCheck<FeedHealth>("feed");

    private static IServiceCollection AddStore(this IServiceCollection services) =>
        services
            .AddMetrics()
            .AddSingleton<ExecutionMetrics>()
            .AddInternalSingleton<QueueStatus>()
            .AddInternalSingleton<TenantBacklog>()
            .AddInternalSingleton<QueueStatusRefresh>()
            .AddHostedService(sp => sp.GetRequiredService<QueueStatusRefresh>())
            .AddInternalSingleton<JournalFeed>()
            .AddSingleton<FeedPulse>()
            .AddHostedService<FeedRelay>()
            .AddSingleton<DueClock>()
            .AddSingleton<DueBookmarks>()
            .AddSingleton<IJournal, PostgresJournal>()
            .AddInternalSingleton<ExecutionEnds>()
            .AddInternalSingleton<JournalTail>()
            .AddSingleton<IExecutionQueue, PostgresQueue>()
            .AddInternalSingleton<ConcurrencyLine>()
            .AddSingleton<RateSlices>()
            .AddInternalSingleton<Intake>()
            .AddSingleton<IAcceptance>(sp => sp.GetRequiredService<Intake>())
            .AddInternalSingleton<EndingQueue>()
            .AddInternalSingleton<Inbox>();
}
