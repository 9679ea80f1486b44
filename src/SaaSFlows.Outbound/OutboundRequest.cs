namespace SaaSFlows.Outbound;

/// <summary>An outgoing request.</summary>
/// <param name="Method">Any HTTP method but CONNECT and TRACE.</param>
/// <param name="Uri">Absolute, http or https, without user information.</param>
/// <param name="Timeout">The time limit for everything: connecting, redirects, reading the response. Positive.</param>
public sealed record OutboundRequest(string Method, Uri Uri, TimeSpan Timeout)
{
    /// <summary>
    /// Headers to send. Those that frame the message (Host, Content-Length, Transfer-Encoding, Connection, …) are refused; those that describe
    /// the body (Content-*) are sent only with a body. On a redirect to another origin only Accept, Accept-Language and User-Agent are sent on.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>Media type of the body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Largest response body in bytes, where that is less than the operator's limit.</summary>
    public int? MaxResponseBytes { get; init; }

    /// <summary>Prints nothing, because address, headers and body can contain secrets.</summary>
    public override string ToString() => "***";
}
