namespace SaaSFlows.Outbound;

/// <summary>
/// What the operator lets requests to the outside do. Invalid values throw when the first <see cref="OutboundHttp"/> is made, at start.
/// </summary>
public sealed record OutboundOptions
{
    /// <summary>
    /// Opens loopback and private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7) to every tenant. Link-local addresses, where clouds
    /// keep their metadata, and reserved ones stay closed.
    /// </summary>
    public bool AllowPrivateNetworks { get; init; }

    /// <summary>Host names (exact, without port) that may lead to any address.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Networks in CIDR notation that may be called although they are private or reserved.</summary>
    public IReadOnlyList<string> AllowedPrivateNetworks { get; init; } = [];

    /// <summary>Ports that are never called; those of mail servers by default.</summary>
    public IReadOnlyList<int> DeniedPorts { get; init; } = [25, 465, 587];

    /// <summary>For resolving the name and opening the connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Redirects followed before the request is refused.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Largest response body in bytes, after decompression.</summary>
    public int MaxResponseBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Largest response header section in KiB.</summary>
    public int MaxResponseHeaderKilobytes { get; init; } = 32;

    /// <summary>Connections to one host and port at the same time, over all tenants of this process.</summary>
    public int MaxConnectionsPerHost { get; init; } = 64;

    /// <summary>After this a connection is closed and the name resolved and checked again.</summary>
    public TimeSpan PooledConnectionLifetime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A connection that rested so long is closed, up to a second later: many servers close theirs after 5 s, and a request that is on its way at
    /// that moment is lost without anybody knowing whether it was done.
    /// </summary>
    public TimeSpan PooledConnectionIdleTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
