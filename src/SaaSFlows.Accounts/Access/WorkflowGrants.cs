using System.Data.Common;
using Npgsql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Reads and writes the grants of a workflow for the module that owns workflows, inside its transaction of the app role.</summary>
public static class WorkflowGrants
{
    private const string Wanted = """
        with wanted as (select * from unnest($2::uuid[], $3::text[], $4::uuid[], $5::bigint[], $6::integer[]) g (user_id, role, role_id, entity_id,
        rights))
        """;

    private const string Same =
        "x.workflow_id = $1 and (x.user_id, x.role, x.role_id, x.entity_id) is not distinct from (g.user_id, g.role, g.role_id, g.entity_id)";

    // Existing grantees are accepted. New ones must be visible to the caller: for people, members of the caller's communities, owners and admins.
    private const string FindSql = $"""
        {Wanted}
        select g.user_id, g.role, g.role_id, g.entity_id from wanted g
        where g.role is not null
            or exists (select from accounts.workflow_grants x where {Same})
            or exists (select from accounts.entities e where e.id = g.entity_id)
            or exists (select from accounts.roles r where r.id = g.role_id)
            or exists (
                select from accounts.memberships m where m.tenant_id = tenancy.tenant() and m.user_id = g.user_id and (
                    $7 or m.role in ('owner', 'admin')
                    or exists (select from accounts.community_members c where c.tenant_id = m.tenant_id and c.user_id = m.user_id)))
        """;

    private const string DeleteSql =
        $"{Wanted} delete from accounts.workflow_grants x where x.workflow_id = $1 and not exists (select from wanted g where {Same})";

    private const string UpdateSql =
        $"{Wanted} update accounts.workflow_grants x set rights = g.rights from wanted g where {Same} and x.rights <> g.rights";

    private const string InsertSql = $"""
        {Wanted}
        insert into accounts.workflow_grants (tenant_id, community_id, workflow_id, user_id, role, role_id, entity_id, entity_community_id, rights)
        select tenancy.tenant(), $7, $1, g.user_id, g.role, g.role_id, g.entity_id, e.community_id, g.rights
        from wanted g left join accounts.entities e on e.id = g.entity_id
        where not exists (select from accounts.workflow_grants x where {Same})
        """;

    /// <summary>Whether a role of this name is built in.</summary>
    public static bool IsBuiltIn(string role) => RoleGrants.Parse(role) is not null;

    /// <summary>Returns all grants of the workflow, the oldest first.</summary>
    public static async Task<IReadOnlyList<WorkflowGrant>> ListAsync(DbConnection transaction, WorkflowId workflow, CancellationToken ct)
    {
        await using var command = ((NpgsqlConnection)transaction).Command(
            """
            select g.user_id, coalesce(g.role, g.role_id::text), g.entity_id, g.rights, coalesce(u.user_name, g.role, r.name, e.name)
            from accounts.workflow_grants g
                left join accounts.users u on u.id = g.user_id
                left join accounts.roles r on r.id = g.role_id
                left join accounts.entities e on e.id = g.entity_id
            where g.workflow_id = $1 order by g.id
            """,
            workflow.Value
        );
        return await command.ListAsync(
            row => new WorkflowGrant(
                new(
                    row.GetValue(0) is Guid user ? new UserId(user) : null,
                    row.GetValue(1) as string,
                    row.GetValue(2) is long entity ? new EntityId(entity) : null
                ),
                (WorkflowRights)row.GetInt32(3)
            )
            {
                Name = row.GetValue(4) as string,
            },
            ct
        );
    }

    /// <summary>Replaces all grants. Nothing is written unless all of <paramref name="grants"/> can be given.</summary>
    /// <returns>Null, or the first grantee that the caller can't see.</returns>
    public static async Task<Grantee?> ReplaceAsync(
        DbConnection transaction,
        Caller caller,
        WorkflowId workflow,
        CommunityId community,
        IReadOnlyCollection<WorkflowGrant> grants,
        CancellationToken ct
    )
    {
        var found = await Build(FindSql, caller.Communities.IsWholeTenant)
            .ListAsync(row => (row.GetValue(0) as Guid?, row.GetValue(1) as string, row.GetValue(2) as Guid?, row.GetValue(3) as long?), ct);
        if (
            grants.FirstOrDefault(grant => !found.Contains((grant.To.User?.Value, grant.To.BuiltIn, grant.To.OwnRole, grant.To.Entity?.Value))) is
            { } missing
        )
        {
            return missing.To;
        }

        await Build(DeleteSql).ExecuteNonQueryAsync(ct);
        await Build(UpdateSql).ExecuteNonQueryAsync(ct);
        await Build(InsertSql, community.Value).ExecuteNonQueryAsync(ct);
        return null;

        NpgsqlCommand Build(string sql, params object[] more) =>
            ((NpgsqlConnection)transaction).Command(
                sql,
                [
                    workflow.Value,
                    grants.Select(grant => grant.To.User?.Value).ToArray(),
                    grants.Select(grant => grant.To.BuiltIn).ToArray(),
                    grants.Select(grant => grant.To.OwnRole).ToArray(),
                    grants.Select(grant => grant.To.Entity?.Value).ToArray(),
                    grants.Select(grant => (int)grant.Rights).ToArray(),
                    .. more,
                ]
            );
    }
}
