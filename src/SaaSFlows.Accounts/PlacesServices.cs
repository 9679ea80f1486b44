using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Communities;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers tenants and what is in them.</summary>
internal static class PlacesServices
{
    public static IServiceCollection AddPlaces(this IServiceCollection services)
    {
        services.AddSingleton(sp => new CommunitiesHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new EntitiesHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton(sp => new CommunityMembersHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        return services;
    }
}
