namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>What an owner wants of a webhook; null for what shall stay, or be as it is by default.</summary>
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
