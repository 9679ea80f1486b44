using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Cors;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Pipeline;

/// <summary>
/// Refuses WebSocket handshakes from pages of other origins: browsers send cookies with them and no antiforgery header, so the
/// Origin header is the only proof of who opened the page (RFC 6455, section 10.2).
/// </summary>
internal static class WebSocketOrigins
{
    public static Task CheckAsync(HttpContext http, RequestDelegate next)
    {
        var origin = http.Request.Headers.Origin.ToString();
        var isHandshake =
            http.WebSockets.IsWebSocketRequest || http.Request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase);
        if (
            !isHandshake
            || origin.Length == 0
            || IsOwn(origin, http.Request)
            || http.RequestServices.GetRequiredService<CorsOptions>().Origins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        )
        {
            return next(http);
        }

        return Answers.Error(ErrorCode.Forbidden, "websocket.origin", "This WebSocket was opened by a page of another origin.").ExecuteAsync(http);
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && string.Equals(page.Scheme, request.Scheme, StringComparison.OrdinalIgnoreCase)
        && string.Equals(page.Authority, new Uri($"{request.Scheme}://{request.Host}").Authority, StringComparison.OrdinalIgnoreCase);
}
