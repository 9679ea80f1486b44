using System.Buffers;

namespace SaaSFlows.Outbound.Internal;

/// <summary>The rules for requests. Each check returns a refusal, or null if the request passes.</summary>
internal sealed class RequestRules(OutboundOptions options)
{
    private const int MaxHeaders = 100;
    private const int MaxHeaderCharacters = 32 * 1024;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    /// <summary>Headers that decide where a message goes or ends. With them, an author could smuggle a second request into the connection.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "HTTP2-Settings",
    };

    public OutboundResult.Refused? Check(OutboundRequest request) => CheckMethod(request.Method) ?? CheckUri(request.Uri) ?? CheckHeaders(request);

    public OutboundResult.Refused? CheckUri(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.Host.Length == 0)
        {
            return new(OutboundCodes.Uri, "The address must be absolute, with a host.");
        }

        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            return new(OutboundCodes.Scheme, $"Only http and https addresses can be called, not {uri.Scheme}.");
        }

        if (uri.UserInfo.Length > 0)
        {
            return new(OutboundCodes.Uri, "The address must not hold a user name or password. Send them in a header.");
        }

        return options.DeniedPorts.Contains(uri.Port) ? new(OutboundCodes.Port, $"Port {uri.Port} can't be called.") : null;
    }

    private static OutboundResult.Refused? CheckMethod(string method) =>
        !IsToken(method) || method.Equals("CONNECT", StringComparison.OrdinalIgnoreCase) || method.Equals("TRACE", StringComparison.OrdinalIgnoreCase)
            ? new(OutboundCodes.Method, "This method can't be sent.")
            : null;

    private static OutboundResult.Refused? CheckHeaders(OutboundRequest request)
    {
        var characters = 0;
        foreach (var (name, value) in request.Headers)
        {
            if (CheckHeader(name, value) is { } refused)
            {
                return refused;
            }

            characters += name.Length + value.Length;
        }

        if (request.Headers.Count > MaxHeaders || characters > MaxHeaderCharacters)
        {
            return new(OutboundCodes.Header, $"A request has at most {MaxHeaders} headers with {MaxHeaderCharacters} characters.");
        }

        return request.ContentType is { } type ? CheckHeader("Content-Type", type) : null;
    }

    private static OutboundResult.Refused? CheckHeader(string name, string value)
    {
        if (!IsToken(name))
        {
            return new(OutboundCodes.Header, "A header name has a character that is not allowed.");
        }

        if (Framing.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase))
        {
            return new(OutboundCodes.Header, $"The header '{name}' is set by the platform.");
        }

        return value.Replace('\t', ' ').AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? new(OutboundCodes.Header, $"The value of the header '{name}' has a line break or a character that is not ASCII.")
            : null;
    }

    private static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
