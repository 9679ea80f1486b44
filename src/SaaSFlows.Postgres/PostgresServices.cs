using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres;

/// <summary>Registers what this project offers.</summary>
public static class PostgresServices
{
    /// <summary>Pools and tenants' transactions. The database has been migrated before.</summary>
    public static IServiceCollection AddPostgres(this IServiceCollection services, RoleConnections connections)
    {
        services.AddSingleton(sp => new PostgresPools(connections, sp.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<ModelParts>();
        services.AddPooledDbContextFactory<AppDb>((sp, options) => options
            .UseNpgsql(sp.GetRequiredService<PostgresPools>().App)
            .ReplaceService<IModelCacheKeyFactory, ModelPartsCacheKey>());
        services.AddSingleton(sp => new TenantDatabase(sp.GetRequiredService<IDbContextFactory<AppDb>>(), sp.GetRequiredService<PostgresPools>()));
        return services;
    }
}
