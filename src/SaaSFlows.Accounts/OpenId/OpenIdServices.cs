using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>Registers the OpenID Connect provider.</summary>
internal static class OpenIdServices
{
    public static IServiceCollection AddOpenId(this IServiceCollection services, AccessTokenOptions tokens, MailOptions mail) =>
        services
            .AddSingleton(new OpenIdIssuer(tokens.Issuer, mail.PublicUrl.AbsoluteUri.TrimEnd('/')))
            .AddInternalSingleton<OAuthClientsHandler>()
            .AddSingleton<ClientAuthentication>()
            .AddSingleton<IdTokens>()
            .AddSingleton<ClientSessions>()
            .AddInternalSingleton<AuthorizeHandler>()
            .AddInternalSingleton<TokenHandler>()
            .AddInternalSingleton<IssuedTokensHandler>()
            .AddInternalSingleton<SignOutHandler>();
}
