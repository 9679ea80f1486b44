using System.Net;
using System.Net.Sockets;

namespace SaaSFlows.Outbound.Internal;

/// <summary>Decides which addresses can be called.</summary>
internal sealed class AddressRules(OutboundOptions options)
{
    private static readonly IPNetwork[] Private = Parse(
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7"
    );

    /// <summary>
    /// In order: this network, link-local, protocol assignments, documentation, 6to4 relays, benchmarks, documentation twice, multicast, reserved and
    /// broadcast; for IPv6 protocol assignments (with Teredo and ORCHID), documentation, 6to4, documentation.
    /// </summary>
    private static readonly IPNetwork[] Reserved = Parse(
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20"
    );

    /// <summary>
    /// The range of all public IPv6 addresses. NAT64, link-local, site-local, multicast and unassigned addresses are outside of it.
    /// </summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _allowed = Parse([.. options.AllowedPrivateNetworks]);
    private readonly HashSet<string> _allowedHosts = new(options.AllowedPrivateHosts.Select(WithoutDot), StringComparer.OrdinalIgnoreCase);

    public bool IsAllowedHost(string host) => _allowedHosts.Contains(WithoutDot(host));

    public bool IsAllowed(IPAddress address)
    {
        address = Unwrap(address);
        if (Contains(_allowed, address))
        {
            return true;
        }

        if (Contains(Private, address))
        {
            return options.AllowPrivateNetworks;
        }

        return !Contains(Reserved, address) && (address.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(address));
    }

    /// <summary>An IPv4 address written as IPv6 (::ffff:a.b.c.d, ::a.b.c.d) reaches the IPv4 address, so that one is checked.</summary>
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        var compatible = !bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0) && !IPAddress.IPv6Loopback.Equals(address);
        return address.IsIPv4MappedToIPv6 || compatible ? new IPAddress(bytes.AsSpan(12)) : new IPAddress(bytes);
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Parse(params string[] networks) => Array.ConvertAll(networks, network => IPNetwork.Parse(network));

    private static string WithoutDot(string host) => host.TrimEnd('.');
}
