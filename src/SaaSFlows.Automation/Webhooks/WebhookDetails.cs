using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Webhooks;

/// <summary>A webhook as its owners see it.</summary>
/// <param name="Token">Part of the address; whoever knows it may call (and sign, where a signature is required).</param>
/// <param name="Secret">For signing; shown once, when the webhook is made, else null.</param>
public sealed record WebhookDetails(
    WebhookId Id,
    WorkflowId Workflow,
    string Node,
    string Token,
    string? Secret,
    string Name,
    string Description,
    bool Enabled,
    bool RequireSignature,
    IReadOnlyList<string> IpAllowlist,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastTriggeredAt,
    long TriggerCount);
