using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>The three cookies of a studio session.</summary>
internal static class SessionCookies
{
    /// <summary>The access token; scripts never see it.</summary>
    public const string Session = "saasflows_session";

    /// <summary>The refresh token; scripts never see it, and only the routes of signing in and out are sent it.</summary>
    public const string Refresh = "saasflows_refresh";

    /// <summary>
    /// The antiforgery value; scripts of our own origin copy it into <see cref="AntiforgeryHeader"/>. Lives as long as the session can be refreshed.
    /// </summary>
    public const string Antiforgery = "saasflows_csrf";

    public const string AntiforgeryHeader = "X-CSRF-Token";

    private const string AuthPath = "/api/v1/auth";

    public static IResult AntiforgeryMissing =>
        Answers.Error(
            ErrorCode.Forbidden,
            "antiforgery.missing",
            $"Requests with the session cookie must repeat the cookie {Antiforgery} in the header {AntiforgeryHeader}."
        );

    /// <summary>
    /// True if the header repeats the cookie. Only pages of our own origin can do that, whatever the session's access token says or when it ended.
    /// </summary>
    public static bool AntiforgeryMatches(HttpContext http) =>
        http.Request.Headers[AntiforgeryHeader].ToString() is { Length: > 0 } value && value == http.Request.Cookies[Antiforgery];

    public static void Set(HttpContext http, Session session, string antiforgery)
    {
        http.Response.Cookies.Append(Session, session.Token.Token, Options(http, httpOnly: true, session.Token.ExpiresIn));
        http.Response.Cookies.Append(Refresh, session.Refresh.Token, Options(http, httpOnly: true, session.Refresh.ExpiresIn, AuthPath));
        http.Response.Cookies.Append(Antiforgery, antiforgery, Options(http, httpOnly: false, session.Refresh.ExpiresIn));
    }

    public static void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(Session, Options(http, httpOnly: true, null));
        http.Response.Cookies.Delete(Refresh, Options(http, httpOnly: true, null, AuthPath));
        http.Response.Cookies.Delete(Antiforgery, Options(http, httpOnly: false, null));
    }

    private static CookieOptions Options(HttpContext http, bool httpOnly, TimeSpan? lifetime, string path = "/") =>
        new()
        {
            HttpOnly = httpOnly,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = path,
            MaxAge = lifetime,
            IsEssential = true,
        };
}
