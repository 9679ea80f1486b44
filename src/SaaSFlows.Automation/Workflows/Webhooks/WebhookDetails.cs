using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>A webhook with its token.</summary>
/// <param name="Token"> The last part of the address. Knowing it is enough to call the webhook, unless a signature is required. Null if it was sealed
/// with a master key that is no longer configured: deliveries still arrive, but the address can't be shown. </param>
/// <param name="Secret">The signing secret. Set only when it is created, else null.</param>
/// <param name="RateLimitMax">Deliveries that are accepted in a window.</param>
/// <param name="RateLimitWindow">The window in seconds.</param>
public sealed record WebhookDetails(
    WebhookId Id,
    WorkflowId Workflow,
    string Node,
    string? Token,
    string? Secret,
    string Name,
    string Description,
    bool Enabled,
    bool RequireSignature,
    IReadOnlyList<string> IpAllowlist,
    int RateLimitMax,
    int RateLimitWindow,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastTriggeredAt,
    long TriggerCount
);
