using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SaaSFlows.Host.Operations;

/// <summary>Whether something that we can do without for a while takes connections.</summary>
/// <param name="host">Null if none is configured.</param>
internal sealed class ConnectionHealth(string? host, int port, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (host is null)
        {
            return HealthCheckResult.Healthy("No server is configured.");
        }

        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, both.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            return HealthCheckResult.Degraded("The server accepts no connections.");
        }
    }
}
