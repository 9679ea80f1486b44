using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Workflows;

/// <summary>The actions that a caller may take on a workflow or an execution.</summary>
internal static class WorkflowActions
{
    private static readonly (string Action, string Permission, WorkflowRights Right)[] _ofWorkflow =
    [
        ("update", Permission.UpdateWorkflows, WorkflowRights.Edit),
        ("publish", Permission.PublishWorkflows, WorkflowRights.Edit),
        ("execute", Permission.ExecuteWorkflows, WorkflowRights.Execute),
        ("archive", Permission.DeleteWorkflows, WorkflowRights.Delete),
        ("manage_webhooks", Permission.ManageWebhooks, WorkflowRights.Edit),
    ];

    private static readonly (string Action, string Permission, WorkflowRights Right)[] _ofExecution =
    [
        ("cancel", Permission.CancelExecutions, WorkflowRights.Execute),
        ("retry", Permission.ExecuteWorkflows, WorkflowRights.Execute),
        ("read_logs", Permission.ReadLogs, WorkflowRights.View),
    ];

    public static Task<IReadOnlyList<string>> ActionsAsync(this AppDb db, Caller caller, WorkflowRow row, CancellationToken ct) =>
        AllowedAsync(row.Status == WorkflowStatus.Archived ? [Restore(row)] : _ofWorkflow, db, caller, row, ct);

    /// <summary>The grants that restoring needs. A published workflow also needs the grant to start it.</summary>
    public static (string Action, string Permission, WorkflowRights Right) Restore(WorkflowRow row) =>
        row.PublishedVersionId is null
            ? ("restore", Permission.DeleteWorkflows, WorkflowRights.Delete)
            : ("restore", Permission.PublishWorkflows, WorkflowRights.Edit);

    public static Task<IReadOnlyList<string>> ExecutionActionsAsync(this AppDb db, Caller caller, WorkflowRow row, CancellationToken ct) =>
        AllowedAsync(_ofExecution, db, caller, row, ct);

    private static async Task<IReadOnlyList<string>> AllowedAsync(
        (string Action, string Permission, WorkflowRights Right)[] actions,
        AppDb db,
        Caller caller,
        WorkflowRow row,
        CancellationToken ct
    )
    {
        var rights = row.IsRestricted ? await WorkflowAccess.OfAsync(db.Database.GetDbConnection(), row.Id, ct) : WorkflowRights.All;
        return
        [
            .. actions
                .Where(action => caller.May(action.Permission, row.CommunityId) && rights.HasFlag(action.Right))
                .Select(action => action.Action),
        ];
    }
}
