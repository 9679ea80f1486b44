using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Registers roles, the audit log and the licence.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddAccess(this IServiceCollection services, LicensingOptions licensing) =>
        services
            .AddSingleton(licensing)
            .AddInternalSingleton<Licence>()
            .AddInternalSingleton<RolesHandler>()
            .AddInternalSingleton<AuditLog>()
            .AddInternalSingleton<AuditReader>()
            .AddInternalSingleton<AuditChain>()
            .AddInternalSingleton<AuditTombstones>()
            .AddSingleton<AuditSealer>();
}
