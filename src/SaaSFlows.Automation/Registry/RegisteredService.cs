using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Registry;

/// <summary>A service that workflows may call by its name.</summary>
/// <param name="Community">Whose workflows may call it; null for all of the tenant.</param>
/// <param name="Metadata">An object of the registrant's; its <c>version</c> is what a node may ask for.</param>
/// <param name="Status"><c>unknown</c> until the first check, then <c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="LatencyMs">Of the last check that was answered.</param>
/// <param name="LastError">Why the last check failed; null if it did not.</param>
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

/// <summary>A service as somebody registers it.</summary>
/// <param name="HealthCheckUrl">Null for <c>/health</c> under the service's address.</param>
/// <param name="Metadata">An object; undefined for none.</param>
/// <param name="Community">Null for the whole tenant, or for the only community in which the caller may change workflows.</param>
public sealed record NewService(string? Name, string? Url, string? HealthCheckUrl, JsonElement Metadata, CommunityId? Community);

/// <summary>How a tenant's services are.</summary>
public sealed record RegistryHealth(int Healthy, int Unhealthy, int Unknown, IReadOnlyList<RegisteredService> Services);

/// <summary>How services are looked after.</summary>
public sealed class RegistryOptions
{
    /// <summary>Seconds between two checks of a service, give or take a tenth. 0 checks nothing.</summary>
    public int CheckSeconds { get; set; } = 30;

    /// <summary>How long a check may take, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 5;

    /// <summary>Checks that one process does at the same time.</summary>
    public int AtOnce { get; set; } = 16;
}
