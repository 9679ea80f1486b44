using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Accounts.Issuers.Internal;
using SaaSFlows.Outbound;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers what accepts tokens of other issuers.</summary>
internal static class IssuersServices
{
    public static IServiceCollection AddIssuers(this IServiceCollection services)
    {
        services.AddSingleton(sp => new Trusts(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AccessChanges>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new IssuerKeys(
            sp.GetRequiredService<OutboundHttp>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<IssuerKeys>>()
        ));
        services.AddSingleton(sp => new OutsideTokens(
            sp.GetRequiredService<AccessTokens>(),
            sp.GetRequiredService<Trusts>(),
            sp.GetRequiredService<IssuerKeys>()
        ));
        services.AddSingleton(sp => new TrustedIssuersHandler(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AccessTokens>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        return services;
    }
}
