namespace SaaSFlows.Outbound;

/// <summary>The operator's rules for outgoing requests. Invalid values throw when <see cref="OutboundHttp"/> is created at start.</summary>
public sealed record OutboundOptions
{
    /// <summary>
    /// Opens loopback and private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7) to every tenant. Link-local addresses, which clouds use
    /// for metadata, and reserved addresses stay closed.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>Host names (exact, without port) that can resolve to any address.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Networks in CIDR notation that may be called although they are private or reserved.</summary>
    public IReadOnlyList<string> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>Ports that are never called; those of mail servers by default.</summary>
    public IReadOnlyList<int> DeniedPorts { get; init; } = [25, 465, 587];

    /// <summary>The time limit for resolving the name and opening the connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Redirects followed before the request is refused.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Largest response body in bytes, after decompression.</summary>
    public int MaxResponseBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Largest response header section in KiB.</summary>
    public int MaxResponseHeaderKilobytes { get; init; } = 32;

    /// <summary>Connections to one host and port at the same time, over all tenants of this process.</summary>
    public int MaxConnectionsPerHost { get; init; } = 64;

    /// <summary>The lifetime of a connection. After it, the name is resolved and checked again.</summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The idle time after which a connection is closed (up to a second later). Many servers close idle connections after 5 s, and it is unknown
    /// whether a request that is sent at that moment takes effect.
    /// </summary>
    public TimeSpan PooledConnectionIdleTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
