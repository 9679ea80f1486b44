using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Directory;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Accounts.SealedSecrets;
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
        return services
            .AddSingleton<SecretVault>()
            .AddInternalSingleton<ShutSecrets>()
            .AddHostedService(provider => provider.GetRequiredService<ShutSecrets>())
            .AddMail(mail)
            .AddAccess(licensing)
            .AddIdentity(tokens)
            .AddDirectory()
            .AddOpenId(tokens, mail)
            .AddIssuers();
    }

    /// <summary>Adds the background work of the scheduler role: sealing the audit log and deleting closed tenants.</summary>
    public static IServiceCollection AddAccountsMaintenance(this IServiceCollection services) =>
        services
            .AddHostedService(provider => provider.GetRequiredService<AuditSealer>())
            .AddSingleton(provider => new PlatformJob("tenant-deletion", "6-59/10 * * * *", provider.GetRequiredService<TenantDeletion>().PassAsync));
}
