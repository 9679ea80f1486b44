using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Shares a workflow with other communities of its tenant, which can only read it.</summary>
public sealed class ShareWorkflow(TenantDatabase database, AuditLog audit)
{
    private const int MostCommunities = 100;

    /// <summary>Returns the communities. Needs <see cref="Permission.ReadWorkflows"/> in the workflow's own community.</summary>
    public Task<Result<WorkflowShares>> ListAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowShares>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (await FindAsync(db, id, cancel) is not { } row)
                {
                    return new AutomationError.NotFound("workflow");
                }

                return caller.May(Permission.ReadWorkflows, row.CommunityId)
                    ? await ReadAsync(db, id, cancel)
                    : new AutomationError.Forbidden(Permission.ReadWorkflows);
            },
            ct
        );

    /// <summary>
    /// Replaces the communities, as far as the caller can see them. Needs <see cref="Permission.UpdateWorkflows"/> in the workflow's community.
    /// </summary>
    public Task<Result<WorkflowShares>> SetAsync(Caller caller, WorkflowId id, IReadOnlyCollection<CommunityId>? communities, CancellationToken ct) =>
        database.RunAsync<Result<WorkflowShares>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (await FindAsync(db, id, cancel) is not { } row)
                {
                    return new AutomationError.NotFound("workflow");
                }

                if (await db.RefuseAsync(caller, row, Permission.UpdateWorkflows, WorkflowRights.Edit, cancel) is { } denied)
                {
                    return denied;
                }

                if (communities is not { Count: <= MostCommunities })
                {
                    return new AutomationError.BadInput("communities", $"must be a list of at most {MostCommunities} communities.");
                }

                var wanted = communities.Distinct().ToList();
                if (wanted.Contains(row.CommunityId))
                {
                    return new AutomationError.BadInput("communities", "must not name the workflow's own community.");
                }

                if (await Places.CountSeenAsync(db, wanted, cancel) != wanted.Count)
                {
                    return new AutomationError.NotFound("community");
                }

                var before = await ReadAsync(db, id, cancel);
                var ids = wanted.Select(community => community.Value).ToArray();
                await db.Database.ExecuteSqlAsync(
                    $"""
                    delete from automation.workflow_shares
                    where workflow_id = {id.Value} and shared_with <> all ({ids}) and tenancy.sees(shared_with)
                    """,
                    cancel
                );
                await db.Database.ExecuteSqlAsync(
                    $"""
                    insert into automation.workflow_shares (workflow_id, tenant_id, community_id, shared_with)
                    select {id.Value}, {caller.TenantId.Value}, {row.CommunityId.Value}, unnest({ids}) on conflict do nothing
                    """,
                    cancel
                );
                var after = await ReadAsync(db, id, cancel);
                await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowShared, Facts(before), Facts(after)), cancel);
                return after;
            },
            ct
        );

    private static Task<WorkflowRow?> FindAsync(AppDb db, WorkflowId id, CancellationToken ct) =>
        db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(workflow => workflow.Id == id, ct);

    private static async Task<WorkflowShares> ReadAsync(AppDb db, WorkflowId id, CancellationToken ct)
    {
        var shares = await db
            .Database.SqlQuery<long>($"select shared_with as \"Value\" from automation.workflow_shares where workflow_id = {id.Value}")
            .ToListAsync(ct);
        return new([.. shares.Order().Select(community => new CommunityId(community))]);
    }

    private static object Facts(WorkflowShares shares) => new { shared_with = shares.Communities.Select(community => community.Value) };
}

/// <summary>The communities that a workflow is shared with.</summary>
public sealed record WorkflowShares(IReadOnlyList<CommunityId> Communities);
