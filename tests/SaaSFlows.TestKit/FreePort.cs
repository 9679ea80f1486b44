using System.Net;
using System.Net.Sockets;

namespace SaaSFlows.TestKit;

/// <summary>Ports for servers that a test starts.</summary>
public static class FreePort
{
    /// <summary>A TCP port of 127.0.0.1 that nobody listens on now. Prefer port 0 where the server can say what it got.</summary>
    public static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
