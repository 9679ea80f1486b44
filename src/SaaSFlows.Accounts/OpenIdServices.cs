using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts;

/// <summary>Registers the OpenID Connect provider.</summary>
internal static class OpenIdServices
{
    public static IServiceCollection AddOpenId(this IServiceCollection services, AccessTokenOptions tokens, MailOptions mail)
    {
        services.AddSingleton(new OpenIdIssuer(tokens.Issuer, mail.PublicUrl.AbsoluteUri.TrimEnd('/')));
        services.AddSingleton(sp => new OAuthClientsHandler(
            sp.GetRequiredService<TenantDatabase>(),
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton(sp => new IdTokens(sp.GetRequiredService<SigningKeyRing>(), tokens, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new ClientSessions(
            sp.GetRequiredService<AccessTokens>(),
            tokens,
            sp.GetRequiredService<AuditLog>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new AuthorizeHandler(sp.GetRequiredService<PostgresPools>(), tokens, sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton(sp => new TokenHandler(
            sp.GetRequiredService<ClientAuthentication>(),
            sp.GetRequiredService<ClientSessions>(),
            sp.GetRequiredService<AccessTokens>(),
            sp.GetRequiredService<SessionsHandler>(),
            sp.GetRequiredService<IdTokens>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new IssuedTokensHandler(
            sp.GetRequiredService<ClientAuthentication>(),
            sp.GetRequiredService<AccessTokens>(),
            sp.GetRequiredService<AccessFreshness>(),
            sp.GetRequiredService<SessionsHandler>(),
            sp.GetRequiredService<PostgresPools>(),
            sp.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(sp => new SignOutHandler(
            sp.GetRequiredService<IdTokens>(),
            sp.GetRequiredService<SessionsHandler>(),
            sp.GetRequiredService<PostgresPools>()
        ));
        return services;
    }
}
