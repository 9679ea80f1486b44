using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers members and what decides what they may do.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessTokenOptions tokens)
    {
        services.AddSingleton(sp => new MembersHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new RolesHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new AccessChanges(tokens, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new AccessFreshness(sp.GetRequiredService<AccessChanges>(), sp.GetRequiredService<PostgresPools>()));
        services.AddSingleton(sp => new WorkflowAccess(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AccessChanges>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new AccessFeed(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AccessChanges>(),
            tokens,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<AccessFeed>>()
        ));
        return services;
    }
}
