namespace SaaSFlows.Outbound;

/// <summary>The codes of refused and failed requests.</summary>
public static class OutboundCodes
{
    /// <summary>Refused: the address is not absolute, or has user information.</summary>
    public const string Uri = "outbound.uri";

    /// <summary>Refused: neither http nor https.</summary>
    public const string Scheme = "outbound.scheme";

    /// <summary>Refused: the operator closed this port.</summary>
    public const string Port = "outbound.port";

    /// <summary>Refused: the host leads to an address that is not public.</summary>
    public const string AddressBlocked = "outbound.address_blocked";

    /// <summary>Refused: a method that may not be sent.</summary>
    public const string Method = "outbound.method";

    /// <summary>Refused: a header that may not be set, or that is malformed.</summary>
    public const string Header = "outbound.header";

    /// <summary>Refused: too many redirects, a redirect from https to http, or one to an invalid address.</summary>
    public const string Redirects = "outbound.redirects";

    /// <summary>Failed: the host name has no address.</summary>
    public const string Dns = "outbound.dns";

    /// <summary>Failed: no connection.</summary>
    public const string Connect = "outbound.connect";

    /// <summary>Failed: no secure connection.</summary>
    public const string Tls = "outbound.tls";

    /// <summary>Failed: the request timed out.</summary>
    public const string Timeout = "outbound.timeout";

    /// <summary>Failed: the response is larger than allowed.</summary>
    public const string TooLarge = "outbound.too_large";

    /// <summary>Failed: the response is not valid HTTP, ended early or can't be decompressed.</summary>
    public const string Protocol = "outbound.protocol";
}
