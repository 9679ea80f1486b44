using System.Net;
using System.Net.Sockets;

namespace SaaSFlows.Outbound.Internal;

/// <summary>
/// Resolves a name once, checks every address and connects to a checked address, so that DNS can't change between check and connection.
/// </summary>
internal sealed class GuardedConnector(AddressRules rules, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await ResolveAsync(host, ct);
        if (!rules.IsAllowedHost(host) && !Array.TrueForAll(addresses, rules.IsAllowed))
        {
            throw new OutboundException(new OutboundResult.Refused(OutboundCodes.AddressBlocked, $"'{host}' does not lead to a public address."));
        }

        return await ConnectAsync(addresses, port, ct);
    }

    private static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                failure = e;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure!;
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        try
        {
            if (await resolve(host, ct) is { Length: > 0 } addresses)
            {
                return addresses;
            }
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The host does not exist, or its name is not valid: both are handled below.
        }

        throw new OutboundException(new OutboundResult.Failed(OutboundCodes.Dns, $"The host '{host}' was not found.", Retryable: true));
    }
}
