using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>A wish to start a workflow, from any trigger.</summary>
/// <param name="Trigger">manual, webhook or command.</param>
/// <param name="TriggerNode">The node to begin at; null lets the workflow choose (manual, else the only trigger).</param>
/// <param name="Input">What the trigger node puts out.</param>
/// <param name="Variables">A JSON object over the workflow's global variables; undefined for none.</param>
/// <param name="Metadata">Kept with the execution, never read by us; undefined for none.</param>
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
    /// <summary>The rules of the webhook that the delivery passed; null if it came through none.</summary>
    public int? WebhookRevision { get; init; }

    /// <summary>The execution that this one is a sub-workflow of; null for none.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>
    /// Set if it does an earlier execution again; then that one's start is used, not <see cref="Input"/> and <see cref="Variables"/>.
    /// </summary>
    public RetryStart? Retry { get; init; }

    /// <summary>It looks after another execution's failure: no licence counts it, and its own failure starts nothing.</summary>
    public bool OfFailure { get; init; }
}

/// <summary>How an earlier execution is done again.</summary>
/// <param name="Version">The version to run; null for the published one.</param>
/// <param name="Started">The first event, but for its time.</param>
/// <param name="OfFailure">Whether the earlier one looked after a failure.</param>
internal sealed record RetryStart(RetryLink Link, WorkflowVersionId? Version, JournalEvent Started, bool OfFailure);
