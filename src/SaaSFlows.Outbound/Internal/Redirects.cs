using System.Collections.Frozen;

namespace SaaSFlows.Outbound.Internal;

/// <summary>Applies a redirect to a request, by the rules of browsers.</summary>
internal static class Redirects
{
    /// <summary>The headers that are sent to another origin. Any other header may contain a credential.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Accept",
        "Accept-Language",
        "User-Agent"
    );

    public static bool IsRedirect(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Contains("Location");

    /// <summary>Returns the next request, or the reason why there is none.</summary>
    public static (OutboundRequest? Next, OutboundResult.Refused? Refused) Follow(OutboundRequest request, HttpResponseMessage response)
    {
        if (!Uri.TryCreate(request.Uri, response.Headers.GetValues("Location").First(), out var target))
        {
            return (null, new(OutboundCodes.Redirects, "The response redirects to an invalid address."));
        }

        if (request.Uri.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp)
        {
            return (null, new(OutboundCodes.Redirects, "The response redirects from https to http."));
        }

        var next = BecomesGet(request.Method, (int)response.StatusCode)
            ? request with
            {
                Uri = target,
                Method = "GET",
                Body = null,
                ContentType = null,
            }
            : request with
            {
                Uri = target,
            };
        return (
            SameOrigin(request.Uri, target) ? next : next with { Headers = [.. next.Headers.Where(header => Harmless.Contains(header.Key))] },
            null
        );
    }

    private static bool BecomesGet(string method, int status) =>
        status switch
        {
            303 => method is not ("GET" or "HEAD"),
            301 or 302 => method == "POST",
            _ => false,
        };

    private static bool SameOrigin(Uri a, Uri b) => a.Scheme == b.Scheme && a.IdnHost == b.IdnHost && a.Port == b.Port;
}
