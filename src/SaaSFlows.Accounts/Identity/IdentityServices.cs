using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.ApiKeys.Internal;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.Passwords;
using SaaSFlows.Accounts.Identity.Passwords.Internal;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Accounts.Identity.ServiceAccounts;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Accounts.Identity.SigningKeys.Internal;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Registers users, and everything that proves who somebody is.</summary>
internal static class IdentityServices
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, AccessTokenOptions tokens) =>
        services.AddSingleton(tokens).AddUsers().AddTokens().AddSignIn();

    private static IServiceCollection AddUsers(this IServiceCollection services)
    {
        // A connection and not the data source: EF Core builds itself anew for each data source.
        services.AddDbContext<IdentityDb>(
            (provider, options) =>
                options
                    .UseNpgsql(provider.GetRequiredService<PostgresPools>().Lookup.CreateConnection(), contextOwnsConnection: true)
                    .AddInterceptors(provider.GetRequiredService<PostgresPools>().Lookup.Interceptor)
                    .LogErrorsOnce()
        );
        services
            .AddIdentityCore<User>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "";
                // Length is what counts; rules of composition make passwords worse.
                options.Password = new()
                {
                    RequiredLength = RegisterRules.ShortestPassword,
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                };
            })
            .AddEntityFrameworkStores<IdentityDb>();
        return services.AddScoped<ILookupNormalizer, NfcNormalizer>().AddScoped<IPasswordHasher<User>, NfcPasswordHasher>();
    }

    private static IServiceCollection AddTokens(this IServiceCollection services) =>
        services
            .AddSingleton<SigningKeyTable>()
            .AddSingleton<SigningKeyRing>()
            .AddInternalSingleton<AccessTokens>()
            .AddSingleton<AccessChanges>()
            .AddInternalSingleton<AccessFreshness>()
            .AddInternalSingleton<AccessFeed>()
            .AddInternalSingleton<WorkflowAccess>()
            .AddSingleton<ApiKeyTable>()
            .AddSingleton<ApiKeyCache>()
            .AddInternalSingleton<ApiKeyAuthentication>()
            .AddInternalSingleton<ApiKeysHandler>()
            .AddInternalSingleton<ServiceAccountsHandler>();

    private static IServiceCollection AddSignIn(this IServiceCollection services) =>
        services
            .AddSingleton<DecoyHash>()
            .AddScoped<PasswordCheck>()
            .AddSingleton<GuessLimit>()
            .AddSingleton<SessionOpener>()
            .AddInternalSingleton<SessionsHandler>()
            .AddInternalScoped<RegisterHandler>()
            .AddInternalScoped<SignInHandler>()
            .AddSingleton<SecondFactors>()
            .AddSingleton<SignInChallenges>()
            .AddInternalSingleton<SecondFactorHandler>()
            .AddInternalSingleton<SecondFactorSignInHandler>()
            .AddSingleton<PasswordResetMail>()
            .AddSingleton<IMailWriter>(provider => provider.GetRequiredService<PasswordResetMail>())
            .AddInternalScoped<PasswordsHandler>();
}
