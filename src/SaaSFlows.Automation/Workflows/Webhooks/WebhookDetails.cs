using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>A webhook as its owners see it.</summary>
/// <param name="Token">
/// Part of the address; whoever knows it may call (and sign, where a signature is required). Null if it was sealed with a master key that is not
/// configured any more: deliveries still arrive, but nobody can be told the address.
/// </param>
/// <param name="Secret">For signing; shown once, when it is made, else null.</param>
/// <param name="RateLimitMax">Deliveries that it takes in its window.</param>
/// <param name="RateLimitWindow">In seconds.</param>
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
