namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>The fields of a new or changed webhook; null keeps the value or uses the default.</summary>
/// <param name="IpAllowlist">Addresses or networks (CIDR) that may call; empty for all.</param>
/// <param name="RateLimitMax">Deliveries in a window.</param>
/// <param name="RateLimitWindow">In seconds.</param>
public sealed record WebhookInput(
    string? Name,
    string? Description,
    bool? Enabled,
    bool? RequireSignature,
    IReadOnlyList<string>? IpAllowlist,
    int? RateLimitMax,
    int? RateLimitWindow
);
