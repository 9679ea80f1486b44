using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>An execution in a list.</summary>
/// <param name="Trigger">The kind of trigger: manual, webhook, command, on_failure and so on.</param>
/// <param name="NodesExecuted">Node runs that ended; 0 until the execution has ended.</param>
/// <param name="RetryOf">The execution that it retries; null for none.</param>
/// <param name="RetryNode">The node that it began at; null for the start.</param>
/// <param name="Parent">The execution that started it as a sub-workflow; null for none.</param>
public sealed record ExecutionSummary(
    ExecutionId Id,
    WorkflowId Workflow,
    string WorkflowKey,
    string WorkflowName,
    string Trigger,
    ExecutionStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int NodesExecuted,
    string? ErrorCode,
    string? ErrorMessage,
    string? ErrorNode,
    ExecutionId? RetryOf,
    NodeId? RetryNode,
    ExecutionId? Parent
);

/// <summary>Filters of a list of executions.</summary>
public sealed record ExecutionFilter(WorkflowId? Workflow, CommunityId? Community, ExecutionStatus? Status)
{
    /// <summary>Only retries of this one.</summary>
    public ExecutionId? RetryOf { get; init; }

    /// <summary>Only sub-workflows of this execution.</summary>
    public ExecutionId? Parent { get; init; }
}

/// <summary>The order of a list of executions.</summary>
public enum ExecutionOrder
{
    StartTime,
    Status,
    ExecutionTime,
}

/// <summary>An accepted execution. It is stored.</summary>
/// <param name="Status">Running if this process took it at once, else queued.</param>
/// <param name="IsRepeat">Whether the event was known. Then this is its first execution.</param>
public sealed record StartedExecution(ExecutionId Id, WorkflowId Workflow, ExecutionStatus Status, DateTimeOffset StartedAt, bool IsRepeat)
{
    /// <summary>The end of the execution, if it ended before the answer.</summary>
    public ExecutionTransition.End? End { get; init; }

    /// <summary>The rate limit of the webhook that started it; null if no webhook did.</summary>
    public WebhookRate? Rate { get; init; }
}
