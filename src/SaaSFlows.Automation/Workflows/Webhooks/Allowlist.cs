using System.Net;
using System.Net.Sockets;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>The addresses and networks (CIDR, IPv4 and IPv6) that may call a webhook.</summary>
internal static class Allowlist
{
    public const int MaxEntries = 100;

    // ::ffff:0:0/96
    private const int MappedPrefix = 96;
    private const int Ipv4Bits = 32;

    /// <summary>Adds the problems under <c>ip_allowlist</c> or <c>ip_allowlist[index]</c>.</summary>
    public static void Check(IReadOnlyList<string> entries, Dictionary<string, string> errors)
    {
        if (entries.Count > MaxEntries)
        {
            errors["ip_allowlist"] = $"has {entries.Count} entries; the limit is {MaxEntries}.";
            return;
        }

        for (var i = 0; i < entries.Count; i++)
        {
            if (Problem(entries[i]) is { } problem)
            {
                errors[$"ip_allowlist[{i}]"] = problem;
            }
        }
    }

    /// <summary>Reads a stored entry.</summary>
    public static IPNetwork Read(string entry) =>
        TrySplit(entry, out var address, out var bits) ? Normal(address, bits)
        : IPNetwork.TryParse(entry, out var network) ? network
        : new IPNetwork(IPAddress.Parse(entry), Bits(IPAddress.Parse(entry)));

    public static bool Contains(IPNetwork network, IPAddress address) => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static string? Problem(string? entry)
    {
        if (entry is null || !TrySplit(entry, out var address, out var bits))
        {
            return $"'{entry}' is neither an IP address nor a network such as 192.168.1.0/24.";
        }

        var network = Masked(address, bits);
        return network.Equals(address) ? null : $"'{entry}' names an address within a network; the network is {network}/{bits}.";
    }

    // The framework also accepts «1», «010.0.0.1» (octal), «[::1]:80» and zones, which are refused here.
    private static bool TrySplit(string entry, out IPAddress address, out int bits)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? entry : entry[..slash];
        bits = 0;
        if (
            !IPAddress.TryParse(text, out address!)
            || text.AsSpan().ContainsAny("[]%")
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
        )
        {
            return false;
        }

        bits = Bits(address);
        return slash < 0
            || (
                int.TryParse(entry.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var given)
                && given <= bits
                && (bits = given) >= 0
            );
    }

    private static int Bits(IPAddress address) => address.GetAddressBytes().Length * 8;

    private static IPNetwork Normal(IPAddress address, int bits)
    {
        var network = Masked(address, bits);
        return address.IsIPv4MappedToIPv6 && bits >= MappedPrefix
            ? new IPNetwork(network.MapToIPv4(), Math.Min(bits - MappedPrefix, Ipv4Bits))
            : new IPNetwork(network, bits);
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF00 >> kept);
        }

        return new IPAddress(bytes);
    }
}
