using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Executions.Internal;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Asks an execution to stop, and waits a short time for its end.</summary>
public sealed class CancelExecution(
    FindExecutions find,
    Inbox inbox,
    ExecutionWorker worker,
    JournalFeed feed,
    TenantDatabase database,
    AuditLog audit,
    TimeProvider time
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Returns the execution after the wait: cancelled, or still being cancelled. An ended execution is a conflict.</summary>
    public async Task<Result<ExecutionSummary>> RunAsync(Caller caller, ExecutionId id, CancellationToken ct)
    {
        if (await find.SummaryAsync(caller, id, ct) is not { } seen)
        {
            return new AutomationError.NotFound("execution");
        }

        if (await RefusalAsync(caller, seen.Workflow, ct) is { } refused)
        {
            return refused;
        }

        if (IsOver(seen.Status))
        {
            return AlreadyOver(seen.Status);
        }

        using var changes = feed.Subscribe(FeedTopic.Execution(id));
        var delivered = await inbox.DeliverAsync(caller.TenantId, id, InboxFactKind.Cancel, null, JournalBodies.Cancel(caller.Username, null), ct);
        worker.FactsArrived(id);
        if (delivered is not DeliverVerdict.NotFound)
        {
            await audit.WriteAsync(database, caller, AuditActions.ExecutionCancelled, id, new { workflow_id = seen.Workflow });
        }

        var deadline = time.GetUtcNow() + Patience;
        while (true)
        {
            seen = await find.SummaryAsync(caller, id, ct) ?? seen;
            if (IsOver(seen.Status))
            {
                return seen.Status == ExecutionStatus.Cancelled ? seen : AlreadyOver(seen.Status);
            }

            if (time.GetUtcNow() >= deadline || delivered is DeliverVerdict.NotFound)
            {
                return seen;
            }

            await changes.NextAsync(TimeSpan.FromSeconds(1), ct);
        }
    }

    private Task<AutomationError?> RefusalAsync(Caller caller, WorkflowId workflow, CancellationToken ct) =>
        database.RunAsync(
            caller.Scope(),
            async (db, cancel) =>
                await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == workflow, cancel) is { } row
                    ? await db.RefuseAsync(caller, row, Permission.CancelExecutions, WorkflowRights.Execute, cancel)
                    : new AutomationError.NotFound("execution"),
            ct
        );

    private static bool IsOver(ExecutionStatus status) => status is ExecutionStatus.Completed or ExecutionStatus.Failed or ExecutionStatus.Cancelled;

    private static AutomationError.Conflict AlreadyOver(ExecutionStatus status) =>
        new("execution.ended", $"The execution has already ended: {status.ToString().ToLowerInvariant()}.");
}
