using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Access;

/// <summary>The two cookies of a studio session.</summary>
internal static class SessionCookies
{
    /// <summary>The access token; scripts never see it.</summary>
    public const string Session = "saasflows_session";

    /// <summary>The antiforgery value; scripts of our own origin copy it into <see cref="AntiforgeryHeader"/>.</summary>
    public const string Antiforgery = "saasflows_csrf";

    public const string AntiforgeryHeader = "X-CSRF-Token";

    public static void Set(HttpContext http, string token, string antiforgery, TimeSpan lifetime)
    {
        http.Response.Cookies.Append(Session, token, Options(http, httpOnly: true, lifetime));
        http.Response.Cookies.Append(Antiforgery, antiforgery, Options(http, httpOnly: false, lifetime));
    }

    public static void Clear(HttpContext http)
    {
        http.Response.Cookies.Delete(Session, Options(http, httpOnly: true, null));
        http.Response.Cookies.Delete(Antiforgery, Options(http, httpOnly: false, null));
    }

    private static CookieOptions Options(HttpContext http, bool httpOnly, TimeSpan? lifetime) => new()
    {
        HttpOnly = httpOnly,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = "/",
        MaxAge = lifetime,
        IsEssential = true,
    };
}
