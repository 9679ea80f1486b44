using System.Text.Json;
using System.Text.Json.Serialization;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Api.Executions;

/// <summary>A wish to run a workflow.</summary>
/// <param name="Variables">Laid over the workflow's global variables, and what a manual trigger puts out.</param>
/// <param name="Metadata">Kept with the execution.</param>
/// <param name="TriggerNode">The node to begin at; may be left out where the choice is clear.</param>
internal sealed record ExecuteBody(long? CommunityId, JsonElement? Variables, JsonElement? Metadata, string? TriggerNode);

/// <summary>An execution that was accepted (seed 002).</summary>
internal sealed record StartedBody(Guid ExecutionId, Guid WorkflowId, string Status, DateTimeOffset StartTime, IReadOnlyList<string> ExecutionPath);

/// <summary>A wish to do an execution again.</summary>
/// <param name="FromNode">The node to begin at; left out for the start.</param>
/// <param name="Version"><c>same</c> (the one that ran, also if left out) or <c>latest</c> (the one that is published now).</param>
internal sealed record RetryBody(string? FromNode, string? Version);

internal sealed record CancelledBody(Guid ExecutionId, string Status, DateTimeOffset? CancelledAt);

/// <summary>An execution in a list (seed 002).</summary>
/// <param name="ExecutionTimeSeconds">Null while it has not ended.</param>
/// <param name="Success">Null while it has not ended.</param>
internal record ExecutionBody(
    Guid ExecutionId,
    Guid WorkflowId,
    string WorkflowName,
    string Trigger,
    string Status,
    DateTimeOffset StartTime,
    DateTimeOffset? EndTime,
    double? ExecutionTimeSeconds,
    int NodesExecuted,
    bool? Success,
    string? Error,
    Guid? RetryOf,
    string? RetryFromNode,
    Guid? ParentExecutionId
)
{
    public static ExecutionBody From(ExecutionSummary execution) =>
        new(
            execution.Id.Value,
            execution.Workflow.Value,
            execution.WorkflowName,
            execution.Trigger,
            Names.Of(execution.Status),
            execution.StartedAt,
            execution.EndedAt,
            Names.Seconds(execution.StartedAt, execution.EndedAt),
            execution.NodesExecuted,
            execution.EndedAt is null ? null : execution.Status == ExecutionStatus.Completed,
            execution.ErrorMessage,
            execution.RetryOf?.Value,
            execution.RetryNode?.Value,
            execution.Parent?.Value
        );
}

/// <summary>Something that went wrong.</summary>
/// <param name="Seq">Place in the journal.</param>
/// <param name="Outcome">retried, handled (by the error port), ignored, or failed (the execution).</param>
internal sealed record IncidentBody(
    long Seq,
    string? NodeId,
    string Scope,
    string Code,
    string Message,
    int Attempt,
    DateTimeOffset At,
    string Outcome,
    DateTimeOffset? RetryAt
)
{
    public static IncidentBody From(Incident incident) =>
        new(
            incident.Seq,
            incident.Node?.Value,
            incident.Scope,
            incident.Code,
            incident.Message,
            incident.Attempt,
            incident.At,
            incident.Outcome switch
            {
                IncidentOutcome.Retried => "retried",
                IncidentOutcome.Handled => "handled",
                IncidentOutcome.Ignored => "ignored",
                IncidentOutcome.Failed => "failed",
            },
            incident.RetryAt
        );
}

/// <param name="NextAfter">What to ask for next; null if the list ends here.</param>
internal sealed record IncidentsBody(IReadOnlyList<IncidentBody> Incidents, long? NextAfter);

/// <summary>What a node wrote into its log with one event.</summary>
internal sealed record LogEntryBody(long Seq, string NodeId, string Scope, int Run, int Attempt, DateTimeOffset At, IReadOnlyList<string> Lines)
{
    public static LogEntryBody From(LogEntry entry) =>
        new(entry.Seq, entry.Node.Value, entry.Scope, entry.Ordinal + 1, entry.Attempt, entry.At, entry.Lines);
}

/// <param name="LastSeq">Where to go on later.</param>
/// <param name="HasMore">Whether there is more now; a page may be short or empty all the same.</param>
internal sealed record LogsBody(IReadOnlyList<LogEntryBody> Entries, long LastSeq, bool HasMore);

/// <summary>A node of an execution (seed 002).</summary>
internal sealed record NodeStateBody(
    string NodeId,
    string Status,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    JsonElement? InputData,
    JsonElement? OutputData,
    IReadOnlyList<string>? Logs,
    JsonElement? Error,
    int Attempt,
    string? Port,
    int Runs,
    int FailedRuns,
    string Scope,
    DateTimeOffset? WaitingUntil
)
{
    public static NodeStateBody From(NodeView node, bool withLogs) =>
        new(
            node.Id.Value,
            Names.Of(node.Status),
            node.StartedAt,
            node.CompletedAt,
            Names.OrNull(node.Input),
            Names.OrNull(node.Output),
            withLogs ? node.Logs : null,
            Names.OrNull(node.Error),
            node.Attempt,
            node.Port,
            node.Runs,
            node.FailedRuns,
            node.Scope,
            node.WaitingUntil
        );
}

/// <summary>One run of a node that ended.</summary>
/// <param name="Seq">Number of the event that ended it.</param>
/// <param name="Run">Which run of the node it was, from 1.</param>
internal sealed record NodeRunBody(
    long Seq,
    int Run,
    string Scope,
    string Status,
    int Attempt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    string? Port,
    JsonElement? InputData,
    JsonElement? OutputData,
    IReadOnlyList<string>? Logs,
    JsonElement? Error
)
{
    public static NodeRunBody From(NodeRun run, bool withLogs) =>
        new(
            run.Seq,
            run.Number,
            run.Node.Scope,
            Names.Of(run.Node.Status),
            run.Node.Attempt,
            run.Node.StartedAt,
            run.Node.CompletedAt,
            run.Node.Port,
            Names.OrNull(run.Node.Input),
            Names.OrNull(run.Node.Output),
            withLogs ? run.Node.Logs : null,
            Names.OrNull(run.Node.Error)
        );
}

/// <param name="NextAfter">What to ask for next; null if the list ends here.</param>
internal sealed record NodeRunsBody(IReadOnlyList<NodeRunBody> Runs, long? NextAfter);

/// <param name="RunSeconds">From start to end; null while it runs.</param>
internal sealed record MetricsBody(int NodesExecuted, long JournalEvents, double? RunSeconds);

/// <summary>An execution whole (seed 002), with the graph that it ran.</summary>
/// <param name="AllowedActions">What the caller may do about it: cancel, retry, read_logs.</param>
/// <param name="LastSeq">Where a live stream goes on after this answer.</param>
internal record ExecutionDetailsBody(
    Guid ExecutionId,
    Guid WorkflowId,
    string WorkflowName,
    int Version,
    string Trigger,
    string Status,
    DateTimeOffset StartTime,
    DateTimeOffset? EndTime,
    double? ExecutionTimeSeconds,
    IReadOnlyList<string> ExecutionPath,
    bool PathTruncated,
    IReadOnlyDictionary<string, NodeStateBody> NodeStates,
    JsonElement? Input,
    JsonElement? Metadata,
    IReadOnlyDictionary<string, JsonElement> FinalVariables,
    JsonElement? FinalOutput,
    string? ErrorCode,
    string? ErrorMessage,
    string? ErrorNodeId,
    Guid? RetryOf,
    string? RetryFromNode,
    IReadOnlyList<Guid> Retries,
    Guid? ParentExecutionId,
    IReadOnlyList<IncidentBody> Incidents,
    IReadOnlyList<string> AllowedActions,
    JsonElement Definition,
    long LastSeq,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MetricsBody? Metrics
)
{
    public static ExecutionDetailsBody From(ExecutionDetails details, bool withLogs, bool withMetrics)
    {
        var (summary, view) = (details.Summary, details.View);
        return new(
            summary.Id.Value,
            summary.Workflow.Value,
            summary.WorkflowName,
            details.Version,
            summary.Trigger,
            Names.Of(summary.Status),
            summary.StartedAt,
            summary.EndedAt,
            Names.Seconds(summary.StartedAt, summary.EndedAt),
            [.. view.Path.Select(node => node.Value)],
            view.PathTruncated,
            view.Nodes.ToDictionary(node => node.Id.Value, node => NodeStateBody.From(node, withLogs)),
            Names.OrNull(view.Input),
            Names.OrNull(view.Metadata),
            view.Variables,
            Names.OrNull(view.Output),
            summary.ErrorCode,
            summary.ErrorMessage,
            summary.ErrorNode,
            summary.RetryOf?.Value,
            summary.RetryNode?.Value,
            [.. details.Retries.Select(retry => retry.Value)],
            summary.Parent?.Value,
            [.. details.Incidents.Select(IncidentBody.From)],
            details.AllowedActions,
            details.Definition,
            view.LastSeq,
            withMetrics ? new MetricsBody(summary.NodesExecuted, view.LastSeq, Names.Seconds(summary.StartedAt, summary.EndedAt)) : null
        );
    }
}

/// <summary>A node's change on its way to somebody who watches.</summary>
internal sealed record NodeChangeBody(
    long Seq,
    string NodeId,
    string Status,
    string? Port,
    int Attempt,
    int Runs,
    int FailedRuns,
    string Scope,
    DateTimeOffset? WaitingUntil,
    DateTimeOffset At,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    JsonElement? InputData,
    JsonElement? OutputData,
    IReadOnlyList<string> Logs,
    JsonElement? Error
)
{
    public static NodeChangeBody From(ExecutionChange.OfNode change) =>
        new(
            change.Seq,
            change.Node.Id.Value,
            Names.Of(change.Node.Status),
            change.Node.Port,
            change.Node.Attempt,
            change.Node.Runs,
            change.Node.FailedRuns,
            change.Node.Scope,
            change.Node.WaitingUntil,
            change.At,
            change.Node.StartedAt,
            change.Node.CompletedAt,
            Names.OrNull(change.Node.Input),
            Names.OrNull(change.Node.Output),
            change.Node.Logs,
            Names.OrNull(change.Node.Error)
        );
}

/// <summary>An execution's change of status on its way to somebody who watches.</summary>
internal sealed record ExecutionChangeBody(
    long Seq,
    string Status,
    DateTimeOffset At,
    JsonElement? FinalOutput,
    string? ErrorCode,
    string? ErrorMessage,
    string? ErrorNodeId
)
{
    public static ExecutionChangeBody From(ExecutionChange.OfExecution change) =>
        new(
            change.Seq,
            Names.Of(change.Status),
            change.At,
            Names.OrNull(change.Output),
            change.ErrorCode,
            change.ErrorMessage,
            change.ErrorNode?.Value
        );
}
