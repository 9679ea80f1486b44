using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Takes a workflow out of use: nothing can start it, and its webhooks answer 404. It can be restored.</summary>
public sealed class ArchiveWorkflow(TenantDatabase database, Licence licence, AuditLog audit, TimeProvider time)
{
    /// <summary>Archives the workflow. Archiving twice is no error.</summary>
    public Task<Result<WorkflowSummary>> RunAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowSummary>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                var row = await db.HoldWorkflowAsync(id, cancel);
                if (row is null)
                {
                    return new AutomationError.NotFound("workflow");
                }

                if (await db.RefuseAsync(caller, row, Permission.DeleteWorkflows, WorkflowRights.Delete, cancel) is { } denied)
                {
                    return denied;
                }

                if (row.Status != WorkflowStatus.Archived)
                {
                    // The number of workflows has changed, so cached answers of the old epoch become invalid.
                    await licence.ReleaseWorkflowAsync(db.Database.GetDbConnection(), caller.TenantId, cancel);
                    var before = row.State();
                    row.Status = WorkflowStatus.Archived;
                    row.NextRevisionOfSameDraft();
                    row.UpdatedAt = time.GetUtcNow();
                    await db.SaveChangesAsync(cancel);
                    await PublishedTriggers.RemoveAsync(db, id, cancel);
                    await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowArchived, before, row.State()), cancel);
                }

                return row.ToSummary();
            },
            ct
        );
}
