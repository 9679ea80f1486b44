using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;

namespace SaaSFlows.Api.Unversioned;

/// <summary>An execution: the fields of the versioned answer, and those that document 004 names. <c>workflow_name</c> is the key here.</summary>
internal record BareExecution : ExecutionBody
{
    private BareExecution(ExecutionSummary execution)
        : base(From(execution)) => (WorkflowName, WorkflowDisplayName) = (execution.WorkflowKey, execution.WorkflowName);

    public Guid Id => ExecutionId;

    public string WorkflowDisplayName { get; }

    public static BareExecution Of(ExecutionSummary execution) => new(execution);
}

/// <summary>An execution whole.</summary>
internal sealed record BareExecutionDetails : ExecutionDetailsBody
{
    private BareExecutionDetails(ExecutionDetails details, bool withLogs, bool withMetrics)
        : base(From(details, withLogs, withMetrics)) =>
        (WorkflowName, WorkflowDisplayName) = (details.Summary.WorkflowKey, details.Summary.WorkflowName);

    public Guid Id => ExecutionId;

    public string WorkflowDisplayName { get; }

    public static BareExecutionDetails Of(ExecutionDetails details, bool withLogs, bool withMetrics) => new(details, withLogs, withMetrics);
}

/// <summary>An execution with the beginning of its log.</summary>
internal sealed record LoggedExecution : BareExecution
{
    public LoggedExecution(BareExecution execution, LogPage page)
        : base(execution) => (Logs, LogsTruncated) = ([.. page.Entries.Select(LogEntryBody.From)], page.HasMore);

    public IReadOnlyList<LogEntryBody> Logs { get; }

    /// <summary>There is more: <c>/api/v1/workflows/executions/{execution_id}/logs</c> goes on after the last entry's <c>seq</c>.</summary>
    public bool LogsTruncated { get; }
}

/// <summary>An execution that was accepted.</summary>
internal sealed record BareStart(Guid Id, Guid ExecutionId, Guid WorkflowId, string Status, DateTimeOffset StartTime)
{
    public static BareStart From(StartedExecution execution) =>
        new(execution.Id.Value, execution.Id.Value, execution.Workflow.Value, Names.Of(execution.Status), execution.StartedAt);
}
