using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Pauses or resumes a workflow. Accepted executions continue.</summary>
public sealed class PauseWorkflow(TenantDatabase database, AuditLog audit)
{
    /// <summary>When this returns, it is in force for every process, because each start checks again. Doing it twice is no error.</summary>
    public Task<Result<WorkflowSummary>> RunAsync(Caller caller, WorkflowId id, bool paused, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowSummary>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                var found = db.Set<WorkflowRow>().Where(workflow => workflow.Id == id);
                if (await found.AsNoTracking().SingleOrDefaultAsync(cancel) is not { } row)
                {
                    return new AutomationError.NotFound("workflow");
                }

                if (await db.RefuseAsync(caller, row, Permission.PublishWorkflows, WorkflowRights.Edit, cancel) is { } denied)
                {
                    return denied;
                }

                if (row.Status == WorkflowStatus.Archived)
                {
                    return new AutomationError.Conflict("workflow.archived", "An archived workflow can't be changed.");
                }

                // The revision of the draft does not change, so that editors of the draft get no conflict.
                await found.ExecuteUpdateAsync(set => set.SetProperty(workflow => workflow.Paused, paused), cancel);
                if (row.Paused != paused)
                {
                    var action = paused ? AuditActions.WorkflowPaused : AuditActions.WorkflowResumed;
                    await audit.WriteAsync(db, row.Entry(caller, action, new { row.Paused }, new { paused }), cancel);
                }

                row.Paused = paused;
                return row.ToSummary();
            },
            ct
        );
}
