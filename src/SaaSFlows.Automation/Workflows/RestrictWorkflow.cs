using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>
/// Sets the grants of a workflow. The caller needs <see cref="Permission.UpdateWorkflows"/> in its community, and must be an owner or admin of the
/// tenant, the author, or have the grant <see cref="WorkflowRights.ManagePermissions"/>.
/// </summary>
public sealed class RestrictWorkflow(TenantDatabase database, WorkflowAccess access, AuditLog audit)
{
    private const int MostGrants = 100;

    public Task<Result<WorkflowPermissions>> GetAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowPermissions>>(
            caller.Scope(),
            async (db, cancel) =>
                !(await FindAsync(db, caller, id, cancel)).IsOk(out var row, out var refused)
                    ? refused
                    : await ReadAsync(db, row, row.IsRestricted, cancel),
            ct
        );

    /// <summary>Replaces all grants.</summary>
    /// <param name="restricted">False removes the restriction. Null restricts the workflow if there are grants.</param>
    public async Task<Result<WorkflowPermissions>> SetAsync(
        Caller caller,
        WorkflowId id,
        bool? restricted,
        IReadOnlyList<WorkflowGrant>? grants,
        CancellationToken ct
    )
    {
        try
        {
            var result = await database.RunAsync(caller.Scope(), (db, cancel) => SetAsync(db, caller, id, restricted, grants, cancel), ct);
            // Other processes learn of it from the feed.
            access.HasChanged(id);
            return result;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // A user, role or entity of a grant was deleted at the same moment.
            return new AutomationError.Conflict(
                "permissions.grantee_gone",
                "A user, role or entity of the list has just been deleted. Reload and try again."
            );
        }
    }

    private async Task<Result<WorkflowPermissions>> SetAsync(
        AppDb db,
        Caller caller,
        WorkflowId id,
        bool? wanted,
        IReadOnlyList<WorkflowGrant>? grants,
        CancellationToken ct
    )
    {
        // A simultaneous call waits here and is then checked against the result of the first one.
        await db.Database.ExecuteSqlAsync($"select from automation.workflows where id = {id.Value} for no key update", ct);
        if (!(await FindAsync(db, caller, id, ct)).IsOk(out var row, out var refused))
        {
            return refused;
        }

        if (Problems(wanted, grants) is { Count: > 0 } problems)
        {
            return new AutomationError.BadInput(problems);
        }

        var (before, restricted) = (await ReadAsync(db, row, row.IsRestricted, ct), wanted ?? grants!.Count > 0);
        if (await WorkflowGrants.ReplaceAsync(db.Database.GetDbConnection(), caller, id, row.CommunityId, grants!, ct) is { } unknown)
        {
            return new AutomationError.NotFound(unknown.Kind!);
        }

        if (row.IsRestricted != restricted)
        {
            await db.Set<WorkflowRow>()
                .Where(workflow => workflow.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(workflow => workflow.IsRestricted, restricted), ct);
        }

        var after = await ReadAsync(db, row, restricted, ct);
        await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowPermissionsSet, Facts(before), Facts(after)), ct);
        return after;
    }

    private static async Task<Result<WorkflowRow>> FindAsync(AppDb db, Caller caller, WorkflowId id, CancellationToken ct)
    {
        if (await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(workflow => workflow.Id == id, ct) is not { } row)
        {
            return new AutomationError.NotFound("workflow");
        }

        // An unrestricted workflow has no grants. This right is then limited to callers who always have it.
        return await db.RefuseAsync(caller, row, Permission.UpdateWorkflows, WorkflowRights.ManagePermissions, ct) is { } denied ? denied
            : row.IsRestricted || caller.Communities.IsWholeTenant || row.CreatedBy == caller.UserId ? row
            : new AutomationError.Forbidden(
                WorkflowRights.ManagePermissions.Text(),
                "workflow.not_granted",
                "Only the workflow's author and the tenant's owners and admins can restrict it."
            );
    }

    private static async Task<WorkflowPermissions> ReadAsync(AppDb db, WorkflowRow row, bool restricted, CancellationToken ct) =>
        new(row.Id, restricted, await WorkflowGrants.ListAsync(db.Database.GetDbConnection(), row.Id, ct));

    private static Dictionary<string, string> Problems(bool? restricted, IReadOnlyList<WorkflowGrant>? grants)
    {
        var problems = new Dictionary<string, string>();
        if (grants is not { Count: <= MostGrants })
        {
            problems["grants"] = $"must be a list of at most {MostGrants} grants.";
        }
        else if (restricted == false && grants.Count > 0)
        {
            problems["is_restricted"] = "can't be false as long as there are grants.";
        }
        else if (grants.Any(grant => grant.To.Kind is null))
        {
            problems["grants"] = "must each name one user_id, one role or one entity_id.";
        }
        else if (grants.Any(grant => grant.To.Role is { } role && !Guid.TryParse(role, out _) && !WorkflowGrants.IsBuiltIn(role)))
        {
            problems["grants"] = "must name existing roles: owner, admin, editor, operator, viewer, or the id of a custom role.";
        }
        else if (grants.Any(grant => grant.Rights == WorkflowRights.None))
        {
            problems["grants"] = "must each grant something: can_view, can_edit, can_execute, can_delete or can_manage_permissions.";
        }
        else if (grants.DistinctBy(grant => grant.To).Count() != grants.Count)
        {
            problems["grants"] = "must not name the same user, role or entity twice.";
        }

        return problems;
    }

    private static object Facts(WorkflowPermissions permissions) =>
        new
        {
            permissions.IsRestricted,
            grants = permissions.Grants.Select(grant => new
            {
                grant.To.Kind,
                to = grant.To.User?.ToString() ?? grant.To.Role ?? grant.To.Entity?.ToString(),
                grant.Name,
                rights = grant.Rights.Names(),
            }),
        };
}

/// <summary>The grants of a workflow.</summary>
/// <param name="IsRestricted">False means that permissions alone decide.</param>
public sealed record WorkflowPermissions(WorkflowId Workflow, bool IsRestricted, IReadOnlyList<WorkflowGrant> Grants);
