using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Directory.Tenants.Internal;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Accounts.Identity.SigningKeys.Internal;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.SealedSecrets;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts;

/// <summary>Registers this module.</summary>
public static class AccountsServices
{
    /// <summary>Needs AddPostgres and a <see cref="MasterKeys"/>; gives the vault its store.</summary>
    /// <exception cref="OptionsValidationException">A setting can't work; the message names it.</exception>
    public static IServiceCollection AddAccounts(
        this IServiceCollection services,
        AccessTokenOptions tokens,
        LicensingOptions licensing,
        MailOptions mail
    )
    {
        tokens.Validate();
        licensing.Validate();
        mail.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IDataKeyStore>(sp => new SqlDataKeyStore(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<PostgresPools>()
        ));
        services.AddSingleton<SecretVault>();
        services.AddSingleton(sp => new ShutSecrets(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<MasterKeys>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<ShutSecrets>>()
        ));
        services.AddHostedService(sp => sp.GetRequiredService<ShutSecrets>());
        services.AddSingleton<SigningKeyTable>();
        services.AddSingleton(sp => new SigningKeyRing(
            sp.GetRequiredService<SigningKeyTable>(),
            sp.GetRequiredService<SecretVault>(),
            tokens,
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<SigningKeyRing>>()
        ));
        services.AddSingleton(sp => new AccessTokens(sp.GetRequiredService<SigningKeyRing>(), tokens, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new SessionOpener(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AccessTokens>(),
            tokens,
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new SessionsHandler(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AccessTokens>(),
            tokens,
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>(),
            sp.GetRequiredService<ILogger<SessionsHandler>>()
        ));
        services.AddSingleton(sp => new AuditLog(sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new AuditReader(sp.GetRequiredService<TenantDatabase>()));
        services.AddSingleton(sp => new AuditChain(sp.GetRequiredService<TenantDatabase>()));
        services.AddSingleton(sp => new AuditTombstones(
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<SecretVault>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<AuditSealer>();
        services.AddSingleton(licensing);
        services.AddSingleton(sp => new Licence(licensing, sp.GetRequiredService<TenantDatabase>()));
        services.AddSingleton(sp => new MeHandler(sp.GetRequiredService<TenantDatabase>()));
        return services.AddPlaces(mail).AddCredentials(mail).AddAccess(tokens).AddOpenId(tokens, mail).AddIssuers().AddIdentity();
    }

    /// <summary>What only one process role needs: chaining the audit log.</summary>
    public static IServiceCollection AddAccountsMaintenance(this IServiceCollection services) =>
        services
            .AddHostedService(sp => sp.GetRequiredService<AuditSealer>())
            .AddSingleton(sp => new PlatformJob("tenant-deletion", "6-59/10 * * * *", sp.GetRequiredService<TenantDeletion>().PassAsync));

    private static IServiceCollection AddIdentity(this IServiceCollection services)
    {
        // A connection and not the data source: EF Core builds itself anew for each data source.
        services.AddDbContext<IdentityDb>(
            (sp, options) =>
                options
                    .UseNpgsql(sp.GetRequiredService<PostgresPools>().Lookup.CreateConnection(), contextOwnsConnection: true)
                    .AddInterceptors(sp.GetRequiredService<PostgresPools>().Lookup.Interceptor)
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
        services.AddScoped<ILookupNormalizer, NfcNormalizer>();
        services.AddScoped<IPasswordHasher<User>, NfcPasswordHasher>();
        services.AddSingleton<DecoyHash>();
        services.AddScoped<PasswordCheck>();
        services.AddSingleton<GuessLimit>();
        services.AddScoped(sp => new RegisterHandler(
            sp.GetRequiredService<IdentityDb>(),
            sp.GetRequiredService<UserManager<User>>(),
            sp.GetRequiredService<SessionOpener>(),
            sp.GetRequiredService<AuditLog>()
        ));
        services.AddScoped(sp => new SignInHandler(
            sp.GetRequiredService<UserManager<User>>(),
            sp.GetRequiredService<PasswordCheck>(),
            sp.GetRequiredService<GuessLimit>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<SessionOpener>(),
            sp.GetRequiredService<SignInChallenges>(),
            sp.GetRequiredService<AuditLog>()
        ));
        return services;
    }
}
