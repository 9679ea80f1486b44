using Microsoft.Extensions.Diagnostics.HealthChecks;
using SaaSFlows.Accounts.SealedSecrets;

namespace SaaSFlows.Host.Operations;

/// <summary>Whether the configured master keys open everything that is sealed. What they don't open is missing; everything else works.</summary>
internal sealed class SecretsHealth(ShutSecrets secrets) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var shut = secrets.Current;
        return Task.FromResult(
            shut.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded(
                    "Some secrets were sealed with a master key that is not configured. Give it as SAASFLOWS_MASTER_KEY_PREVIOUS.",
                    data: shut.ToDictionary(kind => kind.Kind.Replace(' ', '_'), object (kind) => kind.Secrets)
                )
        );
    }
}
