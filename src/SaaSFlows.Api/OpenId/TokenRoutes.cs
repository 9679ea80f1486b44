using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Api.Pipeline;

namespace SaaSFlows.Api.OpenId;

/// <summary>What clients call themselves: tokens, and what becomes of them.</summary>
internal static class TokenRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var connect = routes.MapGroup("/connect");
        connect.MapPost("/token", TokenAsync).IsPublic();
        connect.MapPost("/revoke", RevokeAsync).IsPublic();
        connect.MapPost("/introspect", IntrospectAsync).IsPublic();
        connect.MapGet("/userinfo", UserInfoAsync).NeedsSignIn();
        connect.MapPost("/userinfo", UserInfoAsync).NeedsSignIn();
    }

    private static async Task<IResult> TokenAsync(HttpContext http, TokenHandler tokens, CancellationToken ct)
    {
        if (await FormBody.ReadAsync(http) is not { } form || form.Client() is not { } client)
        {
            return OAuthAnswers.MalformedForm;
        }

        var request = new TokenRequest(
            client,
            form["grant_type"],
            form["code"],
            form["redirect_uri"],
            form["code_verifier"],
            form["refresh_token"],
            form["scope"],
            http.ClientInfo()
        );
        return (await tokens.HandleAsync(request, ct)).Match(made => OAuthAnswers.Ok(TokenSetBody.From(made)), OAuthAnswers.Error);
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, IssuedTokensHandler tokens, CancellationToken ct) =>
        await FormBody.ReadAsync(http) is { } form && form.Client() is { } client && form["token"] is { } token
            ? (await tokens.RevokeAsync(client, token, http.ClientInfo(), ct)).Match(_ => OAuthAnswers.Empty, OAuthAnswers.Error)
            : OAuthAnswers.MalformedForm;

    private static async Task<IResult> IntrospectAsync(HttpContext http, IssuedTokensHandler tokens, OpenIdIssuer issuer, CancellationToken ct) =>
        await FormBody.ReadAsync(http) is { } form && form.Client() is { } client && form["token"] is { } token
            ? (await tokens.IntrospectAsync(client, token, http.ClientInfo(), ct)).Match(
                state => OAuthAnswers.Ok(IntrospectionBody.From(state.Active, issuer.Issuer)),
                OAuthAnswers.Error
            )
            : OAuthAnswers.MalformedForm;

    private static async Task<IResult> UserInfoAsync(HttpContext http, IssuedTokensHandler tokens, CancellationToken ct)
    {
        var caller = http.Caller();
        return (await tokens.UserAsync(caller.UserId, http.Features.Get<ValidToken>()?.Grant, ct)).Match(
            user =>
                OAuthAnswers.Ok(new UserInfoBody(user.Subject.Value, caller.TenantId.Value, user.Name, user.Name, user.Email, user.EmailVerified)),
            OAuthAnswers.Error
        );
    }
}
