using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Access;

/// <summary>
/// Finds out who is calling: by bearer token, or by the studio's session cookie together with the antiforgery header.
/// A bearer token wins over a cookie; one that is wrong is refused and never replaced by the cookie.
/// </summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "SaaSFlows";

    private const string Bearer = "Bearer ";
    private bool antiforgeryMissing;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var byCookie = header.Length == 0;
        var token = byCookie ? Request.Cookies[SessionCookies.Session]
            : header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : null;
        if (string.IsNullOrEmpty(token))
        {
            return AuthenticateResult.NoResult();
        }

        var session = (await tokens.ValidateAsync(token, Context.RequestAborted)).Match<ValidToken?>(valid => valid, _ => null);
        if (session is null)
        {
            return AuthenticateResult.Fail("The token is not valid.");
        }

        if (byCookie != (session.Csrf is not null))
        {
            return AuthenticateResult.Fail("A session token is for the cookie, an access token for the header.");
        }

        if (byCookie && !IsSafe(Request.Method) && !session.CsrfMatches(Request.Headers[SessionCookies.AntiforgeryHeader]))
        {
            antiforgeryMissing = true;
            return AuthenticateResult.Fail("The antiforgery header is missing or wrong.");
        }

        Context.Features.Set(session);
        Context.Features.Set(session.Caller);
        var identity = new ClaimsIdentity([new Claim("user_id", session.Caller.UserId.ToString())], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (antiforgeryMissing)
        {
            return SessionCookies.AntiforgeryMissing.ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return Answers.Error(ErrorCode.Unauthorized, "token.missing_or_invalid", "Sign in: the access token is missing, wrong or expired.").ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = Context.GetEndpoint()?.Metadata.GetOrderedMetadata<Microsoft.AspNetCore.Authorization.AuthorizationPolicy>()
            .SelectMany(policy => policy.Requirements)
            .OfType<PermissionRequirement>()
            .Select(requirement => requirement.Permission)
            .FirstOrDefault();
        return Answers.Error(
            ErrorCode.PermissionDenied, "permission.missing", $"Your role does not have the permission {needed}.", ("permission", needed)).ExecuteAsync(Context);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
