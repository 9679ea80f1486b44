using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SaaSFlows.Host.Operations;

/// <summary>Whether the disk that this process writes to has room. Only a checkout keeps its database there.</summary>
internal sealed class DiskHealth(string directory) : IHealthCheck
{
    private const long Least = 512L << 20;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var existing = Path.GetFullPath(directory);
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!;
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        var data = new Dictionary<string, object> { ["free_bytes"] = free };
        return Task.FromResult(
            free >= Least ? HealthCheckResult.Healthy(null, data) : HealthCheckResult.Degraded("Less than 512 MB of disk space are free.", null, data)
        );
    }
}
