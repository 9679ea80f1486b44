using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Executions of the last days, summed up.</summary>
/// <param name="Days">How far back the sums go; <c>Since</c> is the moment.</param>
/// <param name="Running">Queued and waiting ones too.</param>
/// <param name="SuccessRate">Successful ones among the successful and the failed, 0 to 1; null for none of either.</param>
/// <param name="AverageDurationSeconds">Of those among the newest 1,000 that have ended; null for none.</param>
internal record BareStatistics(
    int Days,
    DateTimeOffset Since,
    long Total,
    long Successful,
    long Failed,
    long Cancelled,
    long Running,
    double? SuccessRate,
    double? AverageDurationSeconds,
    LastBody? LastExecution
)
{
    public static BareStatistics From(ExecutionCounts counts)
    {
        var (successful, failed, cancelled) = (
            counts.Of(ExecutionStatus.Completed),
            counts.Of(ExecutionStatus.Failed),
            counts.Of(ExecutionStatus.Cancelled)
        );
        var running = counts.Of(ExecutionStatus.Queued, ExecutionStatus.Running, ExecutionStatus.Waiting);
        return new(
            (int)CountExecutions.Window.TotalDays,
            counts.Since,
            successful + failed + cancelled + running,
            successful,
            failed,
            cancelled,
            running,
            successful + failed == 0 ? null : Math.Round((double)successful / (successful + failed), 4),
            counts.AverageDuration is { } average ? Math.Round(average.TotalSeconds, 6) : null,
            counts.Last is { } last ? new LastBody(last.Id.Value, last.Id.Value, Names.Of(last.Status), last.StartedAt) : null
        );
    }
}

/// <summary>The newest execution.</summary>
internal sealed record LastBody(Guid Id, Guid ExecutionId, string Status, DateTimeOffset StartTime);

/// <summary>The same of one workflow.</summary>
internal sealed record WorkflowStatistics : BareStatistics
{
    public WorkflowStatistics(WorkflowSummary workflow, ExecutionCounts counts)
        : base(From(counts)) =>
        (WorkflowId, WorkflowName, WorkflowDisplayName, Active) = (workflow.Id.Value, workflow.Key, workflow.Name, BareWorkflow.IsActive(workflow));

    public Guid WorkflowId { get; }

    public string WorkflowName { get; }

    public string WorkflowDisplayName { get; }

    public bool Active { get; }
}
