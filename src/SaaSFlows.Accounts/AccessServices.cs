using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Members;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers members and what decides what they may do.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services) =>
        services.AddSingleton(sp => new MembersHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
}
