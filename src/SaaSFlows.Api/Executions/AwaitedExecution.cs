using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Api.Executions;

/// <summary>
/// Answers a start with the execution's end, for callers that want to wait for it: seed 002's EXECUTION_ERROR and EXECUTION_TIMEOUT.
/// </summary>
internal sealed class AwaitedExecution(AwaitEnd awaitEnd, ShowExecution show)
{
    /// <summary>The longest that a caller may wait, in seconds.</summary>
    public const int MostSeconds = 60;

    /// <summary>What a waiting caller needs besides the right to start; null if it is there.</summary>
    public static IResult? Refusal(Caller caller) =>
        caller.May(Permission.ReadExecutions) ? null : new AutomationError.Forbidden(Permission.ReadExecutions).ToAnswer();

    public async Task<IResult> AnswerAsync(HttpContext http, StartedExecution execution, int seconds, CancellationToken ct)
    {
        var caller = http.Caller();
        ExecutionRoutes.MarkRepeat(http, execution);
        http.LeaveGate();
        var status = await awaitEnd.StatusAsync(caller, execution.Id, TimeSpan.FromSeconds(seconds), ct);
        return status < ExecutionStatus.Completed
            ? Answers.Error(
                ErrorCode.ExecutionTimeout,
                "execution.not_ended",
                $"The execution has not ended within {seconds} s. It goes on.",
                ("execution_id", execution.Id.Value),
                ("status", Names.Of(status))
            )
            : (await show.RunAsync(caller, execution.Id, ct)).Match(Ended, ErrorMap.ToAnswer);
    }

    private static IResult Ended(ExecutionDetails details)
    {
        var summary = details.Summary;
        return summary.Status == ExecutionStatus.Completed
            ? Answers.Ok(EndedBody.From(details), "Workflow execution completed")
            : Answers.Error(
                ErrorCode.ExecutionError,
                summary.Status == ExecutionStatus.Failed ? "execution.failed" : "execution.cancelled",
                summary.ErrorMessage
                    ?? (
                        summary.Status == ExecutionStatus.Cancelled
                            ? "The execution was cancelled."
                            : $"The execution has {Names.Of(summary.Status)}."
                    ),
                ("execution_id", summary.Id.Value),
                ("status", Names.Of(summary.Status)),
                ("error_code", summary.ErrorCode),
                ("error_node_id", summary.ErrorNode)
            );
    }

    /// <summary>An execution that has completed.</summary>
    private sealed record EndedBody(
        Guid ExecutionId,
        Guid WorkflowId,
        string Status,
        DateTimeOffset StartTime,
        DateTimeOffset? EndTime,
        double? ExecutionTimeSeconds,
        IReadOnlyList<string> ExecutionPath,
        JsonElement? FinalOutput
    )
    {
        public static EndedBody From(ExecutionDetails details) =>
            new(
                details.Summary.Id.Value,
                details.Summary.Workflow.Value,
                Names.Of(details.Summary.Status),
                details.Summary.StartedAt,
                details.Summary.EndedAt,
                Names.Seconds(details.Summary.StartedAt, details.Summary.EndedAt),
                [.. details.View.Path.Select(node => node.Value)],
                Names.OrNull(details.View.Output)
            );
    }
}
