using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Automation.Results;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

internal static class WorkflowGate
{
    /// <summary>
    /// Returns null if the caller may do this to a visible workflow: by permission in its community and, if it is restricted, by grant. Otherwise
    /// returns the error.
    /// </summary>
    public static async Task<AutomationError?> RefuseAsync(
        this AppDb db,
        Caller caller,
        WorkflowRow row,
        string permission,
        WorkflowRights right,
        CancellationToken ct
    ) =>
        !caller.May(permission, row.CommunityId) ? new AutomationError.Forbidden(permission)
        : row.IsRestricted && !(await WorkflowAccess.OfAsync(db.Database.GetDbConnection(), row.Id, ct)).HasFlag(right)
            ? new AutomationError.Forbidden(right)
        : null;

    /// <summary>
    /// Locks and returns the workflow for a change of its status, so that simultaneous changes see each other. Null if it is not visible.
    /// </summary>
    public static Task<WorkflowRow?> HoldWorkflowAsync(this AppDb db, WorkflowId id, CancellationToken ct) =>
        db.Set<WorkflowRow>().FromSql($"select * from automation.workflows where id = {id.Value} for update").SingleOrDefaultAsync(ct);

    /// <summary>Returns the triggers of workflows that the caller may start by grants.</summary>
    public static IQueryable<TriggerRow> GrantedTriggers(this AppDb db) =>
        db.Set<TriggerRow>()
            .FromSql($"select * from automation.triggers where workflow_id not in (select accounts.workflows_without({(int)WorkflowRights.Execute}))")
            .AsNoTracking();
}
