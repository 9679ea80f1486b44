using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// Finds out who is calling: by bearer token, our own or one of an issuer that the named tenant trusts, by API key, or by the studio's session cookie
/// together with the antiforgery header. The Authorization header wins over X-API-Key, and that over a cookie; one that is wrong is refused and never
/// replaced by the next.
/// </summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessTokens tokens,
    AccessFreshness freshness,
    ApiKeyAuthentication apiKeys,
    OutsideTokens outside
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "SaaSFlows";

    private const string Bearer = "Bearer ";
    private const string ApiKeyHeader = "X-API-Key";
    private IResult? refusal;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var apiKey = Request.Headers[ApiKeyHeader].ToString();
        var byCookie = header.Length == 0;
        if (byCookie && apiKey.Length > 0)
        {
            return await AuthenticateKeyAsync(apiKey);
        }

        var token =
            byCookie ? Request.Cookies[SessionCookies.Session]
            : header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim()
            : null;
        if (string.IsNullOrEmpty(token))
        {
            return AuthenticateResult.NoResult();
        }

        if (!byCookie && ApiKeyAuthentication.LooksLikeOne(token))
        {
            return await AuthenticateKeyAsync(token);
        }

        var session = (await tokens.ValidateAsync(token, Context.RequestAborted)).Match<ValidToken?>(valid => valid, _ => null);
        if (session is null)
        {
            return byCookie ? AuthenticateResult.Fail("The token is not valid.") : await AuthenticateOutsideAsync(token);
        }

        if (byCookie != (session.Csrf is not null))
        {
            return AuthenticateResult.Fail("A session token is for the cookie, an access token for the header.");
        }

        if (byCookie && !IsSafe(Request.Method) && !session.CsrfMatches(Request.Headers[SessionCookies.AntiforgeryHeader]))
        {
            refusal = SessionCookies.AntiforgeryMissing;
            return AuthenticateResult.Fail("The antiforgery header is missing or wrong.");
        }

        if (await freshness.CurrentAsync(session, Context.RequestAborted) is not { } current)
        {
            return AuthenticateResult.Fail("The session or the membership has ended.");
        }

        Context.Features.Set(current);
        return Succeed(current.Caller);
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal is not null)
        {
            return refusal.ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer";
        return Answers
            .Error(ErrorCode.Unauthorized, "token.missing_or_invalid", "Sign in: the access token is missing, wrong or expired.")
            .ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var requirements = (Context.GetEndpoint()?.Metadata.GetOrderedMetadata<Microsoft.AspNetCore.Authorization.AuthorizationPolicy>() ?? [])
            .SelectMany(policy => policy.Requirements)
            .ToList();
        if (!Context.HasSession() && requirements.OfType<SessionRequirement>().Any())
        {
            return new AccountsError.SessionNeeded().ToAnswer().ExecuteAsync(Context);
        }

        var needed = requirements.OfType<PermissionRequirement>().Select(requirement => requirement.Permission).FirstOrDefault();
        return Answers
            .Error(ErrorCode.PermissionDenied, "permission.missing", $"Your role does not have the permission {needed}.", ("permission", needed))
            .ExecuteAsync(Context);
    }

    private async Task<AuthenticateResult> AuthenticateKeyAsync(string key) =>
        (await apiKeys.AuthenticateAsync(key, Context.RequestAborted)).Match(
            caller =>
            {
                Context.Features.Set(new ApiKeyInUse(key));
                return Succeed(caller);
            },
            error =>
            {
                refusal = error.ToAnswer();
                return AuthenticateResult.Fail(error.Message);
            }
        );

    private async Task<AuthenticateResult> AuthenticateOutsideAsync(string token) =>
        (await outside.AuthenticateAsync(token, NamedTenant.OfRequest(Context), Context.RequestAborted)).Match(
            valid =>
            {
                Context.Features.Set(valid);
                return Succeed(valid.Caller);
            },
            error =>
            {
                refusal = error is AccountsError.TokenRefused ? null : error.ToAnswer();
                return AuthenticateResult.Fail(error.Message);
            }
        );

    private AuthenticateResult Succeed(Caller caller)
    {
        Context.Features.Set(caller);
        var identity = new ClaimsIdentity([new Claim("user_id", caller.UserId.ToString())], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
