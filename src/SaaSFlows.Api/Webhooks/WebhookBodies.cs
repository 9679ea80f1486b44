using System.Text.Json.Serialization;
using SaaSFlows.Automation.Workflows.Webhooks;

namespace SaaSFlows.Api.Webhooks;

/// <summary>A new door into a workflow.</summary>
/// <param name="TriggerNode">The node that it starts; may be left out where there is one choice.</param>
/// <param name="IpAllowlist">Addresses or networks that may call; empty or absent for all.</param>
/// <param name="RateLimitMax">Deliveries that it takes in its window.</param>
/// <param name="RateLimitWindow">In seconds.</param>
internal sealed record CreateWebhookBody(
    string? Name,
    string? Description,
    string? TriggerNode,
    bool? Enabled,
    bool? RequireSignature,
    IReadOnlyList<string>? IpAllowlist,
    int? RateLimitMax,
    int? RateLimitWindow,
    long? CommunityId
)
{
    public WebhookInput Input => new(Name, Description, Enabled, RequireSignature, IpAllowlist, RateLimitMax, RateLimitWindow);
}

/// <summary>What is not named stays.</summary>
internal sealed record UpdateWebhookBody(
    string? Name,
    string? Description,
    bool? Enabled,
    bool? RequireSignature,
    IReadOnlyList<string>? IpAllowlist,
    int? RateLimitMax,
    int? RateLimitWindow,
    long? CommunityId
)
{
    public WebhookInput Input => new(Name, Description, Enabled, RequireSignature, IpAllowlist, RateLimitMax, RateLimitWindow);
}

/// <param name="Token">Null if it can't be opened, as after a change of the master key; so is the URL.</param>
/// <param name="Secret">For signing deliveries; shown only in the answer that makes it.</param>
internal sealed record WebhookBody(
    Guid WebhookId,
    Guid WorkflowId,
    string TriggerNode,
    string? Token,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret,
    string Name,
    string Description,
    string? Url,
    bool Enabled,
    bool RequireSignature,
    IReadOnlyList<string> IpAllowlist,
    int RateLimitMax,
    int RateLimitWindow,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastTriggeredAt,
    long TriggerCount
)
{
    public static WebhookBody From(WebhookDetails webhook, string baseUrl) =>
        new(
            webhook.Id.Value,
            webhook.Workflow.Value,
            webhook.Node,
            webhook.Token,
            webhook.Secret,
            webhook.Name,
            webhook.Description,
            webhook.Token is { } token ? $"{baseUrl}/api/v1/workflows/webhooks/{token}" : null,
            webhook.Enabled,
            webhook.RequireSignature,
            webhook.IpAllowlist,
            webhook.RateLimitMax,
            webhook.RateLimitWindow,
            webhook.CreatedAt,
            webhook.LastTriggeredAt,
            webhook.TriggerCount
        );
}

internal sealed record DeletedWebhookBody(Guid WebhookId);
