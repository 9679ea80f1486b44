using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Issuers.Internal;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers;

/// <summary>Registers what accepts tokens of other issuers.</summary>
internal static class IssuersServices
{
    public static IServiceCollection AddIssuers(this IServiceCollection services) =>
        services
            .AddSingleton<Trusts>()
            .AddSingleton<IssuerKeys>()
            .AddInternalSingleton<OutsideTokens>()
            .AddInternalSingleton<TrustedIssuersHandler>();
}
