using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SaaSFlows.Outbound.Tests;

/// <summary>Clients with a resolver of the test's own, and short ways to send and to read results.</summary>
public abstract class OutboundTestBase : IDisposable
{
    private readonly List<OutboundHttp> _clients = [];

    /// <summary>127.0.0.1 is open.</summary>
    internal static OutboundOptions Open { get; } = new() { AllowedPrivateNetworks = ["127.0.0.1/32"] };

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A client for which each name has the addresses given; any other has none.</summary>
    internal OutboundHttp Client(OutboundOptions? options = null, params (string Name, string Addresses)[] names) =>
        Client(
            options,
            (name, _) =>
                Task.FromResult(
                    names.FirstOrDefault(known => known.Name == name).Addresses?.Split(' ').Select(IPAddress.Parse).ToArray()
                        ?? throw new SocketException((int)SocketError.HostNotFound)
                )
        );

    internal OutboundHttp Client(OutboundOptions? options, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        var client = new OutboundHttp(options ?? Open, TimeProvider.System, resolve);
        _clients.Add(client);
        return client;
    }

    internal static OutboundRequest Get(string uri, params (string Name, string Value)[] headers) => Get(new Uri(uri), headers);

    internal static OutboundRequest Get(Uri uri, params (string Name, string Value)[] headers) =>
        new("GET", uri, TimeSpan.FromSeconds(30)) { Headers = [.. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))] };

    /// <summary>The status and body, or the code of the refusal or failure.</summary>
    internal static async Task<string> Send(OutboundHttp client, OutboundRequest request) =>
        (await client.SendAsync(request, Ct)).Match(
            response => $"{response.Status} {Encoding.UTF8.GetString(response.Body.Span)}",
            refused => refused.Code,
            failed => failed.Code
        );

    public void Dispose()
    {
        _clients.ForEach(client => client.Dispose());
        GC.SuppressFinalize(this);
    }
}
