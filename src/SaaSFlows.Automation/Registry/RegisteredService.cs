using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Registry;

/// <summary>A service that workflows may call by its name.</summary>
/// <param name="Community">The community whose workflows can call it; null for the whole tenant.</param>
/// <param name="Metadata">An object with any fields. A node can ask for its <c>version</c>.</param>
/// <param name="Status"><c>unknown</c> until the first check, then <c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="LatencyMs">The latency of the last answered check.</param>
/// <param name="LastError">The error of the last check; null if it succeeded.</param>
public sealed record RegisteredService(
    ServiceId Id,
    CommunityId? Community,
    string Name,
    string Url,
    string HealthCheckUrl,
    JsonElement Metadata,
    string Status,
    double? LatencyMs,
    string? LastError,
    DateTimeOffset? CheckedAt,
    DateTimeOffset RegisteredAt
);

/// <summary>The input of a registration.</summary>
/// <param name="HealthCheckUrl">Null for <c>/health</c> under the service's address.</param>
/// <param name="Metadata">An object; undefined for none.</param>
/// <param name="Community">Null for the whole tenant, or for the only community in which the caller may change workflows.</param>
public sealed record NewService(string? Name, string? Url, string? HealthCheckUrl, JsonElement Metadata, CommunityId? Community);

/// <summary>The health of a tenant's services.</summary>
public sealed record RegistryHealth(int Healthy, int Unhealthy, int Unknown, IReadOnlyList<RegisteredService> Services);

/// <summary>Settings of the checks of services.</summary>
public sealed class RegistryOptions
{
    /// <summary>Seconds between two checks of a service, give or take a tenth. 0 checks nothing.</summary>
    public int CheckSeconds { get; set; } = 30;

    /// <summary>The time limit of a check, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 5;

    /// <summary>The number of checks that a process runs at the same time.</summary>
    public int AtOnce { get; set; } = 16;
}
