using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>A request to start a workflow, from any trigger.</summary>
/// <param name="Trigger">manual, webhook or command.</param>
/// <param name="TriggerNode">The node to begin at; null lets the workflow choose (manual, else the only trigger).</param>
/// <param name="Input">The output of the trigger node.</param>
/// <param name="Variables">A JSON object over the workflow's global variables; undefined for none.</param>
/// <param name="Metadata">Stored with the execution and never read; undefined for none.</param>
/// <param name="Event">Recognises a second delivery of the same event; null for none.</param>
internal sealed record StartRequest(
    TenantId Tenant,
    WorkflowId Workflow,
    string Trigger,
    string? TriggerNode,
    JsonElement Input,
    JsonElement Variables,
    JsonElement Metadata,
    WebhookId? Webhook,
    UserId? StartedBy,
    EventKey? Event
)
{
    /// <summary>The revision of the rules of the webhook; null without a webhook.</summary>
    public int? WebhookRevision { get; init; }

    /// <summary>The execution that this one is a sub-workflow of; null for none.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>Set for a retry. Then the start of the earlier execution is used, not <see cref="Input"/> and <see cref="Variables"/>.</summary>
    public RetryStart? Retry { get; init; }

    /// <summary>
    /// Whether it handles the failure of another execution. It does not count against the licence, and its own failure starts nothing.
    /// </summary>
    public bool OfFailure { get; init; }
}

/// <summary>The retry of an earlier execution.</summary>
/// <param name="Version">The version to run; null for the published one.</param>
/// <param name="Started">The first event, except for its time.</param>
/// <param name="OfFailure">Whether the earlier one handled a failure.</param>
internal sealed record RetryStart(RetryLink Link, WorkflowVersionId? Version, JournalEvent Started, bool OfFailure);
