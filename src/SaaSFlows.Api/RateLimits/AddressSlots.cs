using System.Net;
using System.Net.Sockets;

namespace SaaSFlows.Api.RateLimits;

/// <summary>Groups of addresses: strangers are told apart by their address, and their number must not fill the memory.</summary>
internal static class AddressSlots
{
    private const int Count = 8_192;

    // A caller with an IPv6 address has 2^64 of them.
    public static int Of(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var length = 0;
        if (address is { IsIPv4MappedToIPv6: true })
        {
            address = address.MapToIPv4();
        }

        _ = address?.TryWriteBytes(bytes, out length);
        var hash = default(HashCode);
        hash.AddBytes(bytes[..(address?.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : length)]);
        return (int)((uint)hash.ToHashCode() % Count);
    }
}
