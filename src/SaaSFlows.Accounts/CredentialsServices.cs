using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.ApiKeys;
using SaaSFlows.Accounts.ApiKeys.Internal;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.ServiceAccounts;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>What authenticates beside a password.</summary>
internal static class CredentialsServices
{
    public static IServiceCollection AddCredentials(this IServiceCollection services)
    {
        services.AddSingleton(sp => new ServiceAccountsHandler(sp.GetRequiredService<TenantDatabase>(), sp.GetRequiredService<AuditLog>()));
        services.AddSingleton<ApiKeyTable>();
        services.AddSingleton<ApiKeyCache>();
        services.AddSingleton(sp => new ApiKeyAuthentication(sp.GetRequiredService<ApiKeyCache>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new ApiKeysHandler(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<ApiKeyCache>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()));
        return services;
    }
}
