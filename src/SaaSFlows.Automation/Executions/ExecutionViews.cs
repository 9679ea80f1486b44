using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>An execution as lists show it.</summary>
/// <param name="Trigger">What started it: manual, webhook, command, on_failure and so on.</param>
/// <param name="NodesExecuted">Node runs that ended; 0 until the execution has ended.</param>
/// <param name="RetryOf">The execution that it does again; null for none.</param>
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

/// <summary>Which executions a list wants.</summary>
public sealed record ExecutionFilter(WorkflowId? Workflow, CommunityId? Community, ExecutionStatus? Status)
{
    /// <summary>Only retries of this one.</summary>
    public ExecutionId? RetryOf { get; init; }

    /// <summary>Only what this one started as sub-workflows.</summary>
    public ExecutionId? Parent { get; init; }
}

/// <summary>How a list of executions is ordered.</summary>
public enum ExecutionOrder
{
    StartTime,
    Status,
    ExecutionTime,
}

/// <summary>An execution that was accepted: it is on disk.</summary>
/// <param name="Status">Running if this process took it at once, else queued.</param>
/// <param name="IsRepeat">The same event had come before: this is its first execution.</param>
public sealed record StartedExecution(ExecutionId Id, WorkflowId Workflow, ExecutionStatus Status, DateTimeOffset StartedAt, bool IsRepeat)
{
    /// <summary>How it ended, if it did so before it was answered.</summary>
    public ExecutionTransition.End? End { get; init; }

    /// <summary>What the webhook still takes that it came through; null if it came through none.</summary>
    public WebhookRate? Rate { get; init; }
}
