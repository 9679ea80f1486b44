using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.ApiKeys.Internal;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.Passwords;
using SaaSFlows.Accounts.Identity.Passwords.Internal;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Accounts.Identity.ServiceAccounts;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.Mail.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>What authenticates beside a password.</summary>
internal static class CredentialsServices
{
    public static IServiceCollection AddCredentials(this IServiceCollection services, MailOptions mail)
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
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<IMailSender>(sp =>
            mail.Host is null ? new LogMailSender(sp.GetRequiredService<ILogger<LogMailSender>>()) : new SmtpMailSender(mail)
        );
        services.AddSingleton(mail);
        services.AddSingleton<MailOutbox>();
        services.AddSingleton<PasswordResetMail>();
        services.AddSingleton<IMailWriter>(sp => sp.GetRequiredService<PasswordResetMail>());
        services.AddHostedService<MailDelivery>();
        services.AddSingleton<SecondFactors>();
        services.AddSingleton<SignInChallenges>();
        services.AddSingleton(sp => new SecondFactorHandler(
            sp.GetRequiredService<SecondFactors>(),
            sp.GetRequiredService<GuessLimit>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new SecondFactorSignInHandler(
            sp.GetRequiredService<SecondFactors>(),
            sp.GetRequiredService<SignInChallenges>(),
            sp.GetRequiredService<SessionOpener>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AuditLog>()
        ));
        services.AddScoped(sp => new PasswordsHandler(
            sp.GetRequiredService<UserManager<User>>(),
            sp.GetRequiredService<PasswordCheck>(),
            sp.GetRequiredService<GuessLimit>(),
            sp.GetRequiredService<PasswordResetMail>(),
            sp.GetRequiredService<SessionsHandler>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        return services;
    }
}
