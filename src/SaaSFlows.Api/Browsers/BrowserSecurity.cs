using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SaaSFlows.Api.Grpc;

namespace SaaSFlows.Api.Browsers;

/// <summary>Tells browsers what an answer may do. An answer is data and may do nothing, unless it is a page that says what it needs.</summary>
public static class BrowserSecurity
{
    private const string Data = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string OneYear = "max-age=31536000";

    /// <summary>Makes the answer a page of ours, which runs our own scripts and styles and is in nobody's frame.</summary>
    /// <param name="styles">Which inline styles it may have; null for those that carry the nonce.</param>
    /// <param name="more">Directives besides.</param>
    /// <returns>What inline scripts and styles have to carry as <c>nonce</c>; another one for each answer.</returns>
    public static string Page(HttpContext http, string? styles = null, string more = "")
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(18));
        http.Response.Headers.ContentSecurityPolicy =
            $"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' {styles ?? $"'nonce-{nonce}'"}; img-src 'self' data:; "
            + $"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'{more}";
        return nonce;
    }

    internal static Task UseAsync(HttpContext http, RequestDelegate next)
    {
        if (!http.IsOnGrpcPort())
        {
            // At the last moment: an answer that is begun anew loses what it had.
            http.Response.OnStarting(static context => Complete((HttpContext)context), http);
        }

        return next(http);
    }

    private static Task Complete(HttpContext http)
    {
        var headers = http.Response.Headers;
        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = Data;
        }

        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Whether other pages may read an answer depends on who asks: caches keep them apart.
        if (!headers.Vary.Any(value => value!.Contains(HeaderNames.Origin, StringComparison.OrdinalIgnoreCase)))
        {
            headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        }

        if (http.Request.IsHttps && !IsLocal(http.Request.Host.Host))
        {
            headers.StrictTransportSecurity = OneYear;
        }

        return Task.CompletedTask;
    }

    // On a developer's machine it would hold for every other program of the same name.
    private static bool IsLocal(string host) =>
        host is "localhost"
        || host.EndsWith(".localhost", StringComparison.Ordinal)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
