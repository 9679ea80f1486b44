using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Approvals;

/// <summary>Reads the approvals of the caller's communities.</summary>
public sealed class FindApprovals(TenantDatabase database, TimeProvider time)
{
    // The row stores only decisions. Other ends follow from the clock and from the execution. All bookmarks of a parked execution are stored.
    private const string Shown = """
        select a.id, case
                when a.status <> 'pending' then a.status
                when e.id is null or e.ended_at < coalesce(a.expires_at, 'infinity') then 'closed'
                when a.expires_at <= $1 then 'expired'
                when e.status >= 4 or (e.status = 3 and not exists (select from engine.bookmarks b where b.id = a.bookmark_id)) then 'closed'
                else 'pending'
            end as status,
            a.message, a.execution_id, a.workflow_id, w.name, a.node_id, a.community_id, a.entity_id, a.roles, a.users, a.created_at, a.expires_at,
            a.decided_by, a.decided_by_name, a.decided_at, a.comment
        from automation.approvals a
        join automation.workflows w on w.id = a.workflow_id
        left join engine.executions e on e.id = a.execution_id
        where a.tenant_id = tenancy.tenant()
        """;

    /// <summary>Returns the approval, or null if the caller can see none with this id.</summary>
    public Task<Approval?> FindAsync(Caller caller, ApprovalId id, CancellationToken ct) =>
        database.QueryAsync(caller.Scope(), (connection, cancel) => FindAsync(connection, caller, id, cancel), ct);

    /// <summary>Returns a page of approvals, the newest first.</summary>
    /// <param name="status">Null for all.</param>
    /// <param name="mine">Only those that the caller may decide or could have decided.</param>
    public Task<Page<Approval>> ListAsync(Caller caller, string? status, bool mine, PageRequest page, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                var filtered = $"""
                    from ({Shown}) a where ($2::text is null or a.status = $2)
                        and (not $3 or $4 = any (a.users) or exists (select from unnest($5::text[], $6::bigint[]) r (role,
                        community) where r.role = any (a.roles) and r.community in (0, a.community_id)))
                    """;
                var filter = Filter(caller, status, mine);
                await using var count = connection.Command($"select count(*) {filtered}", filter);
                var total = (long)(await count.ExecuteScalarAsync(cancel))!;

                await using var list = connection.Command(
                    $"select a.* {filtered} order by a.id desc limit $7 offset $8",
                    [.. filter, page.Size, page.Skip]
                );
                return new Page<Approval>(await ReadAsync(list, caller, cancel), page, total);
            },
            ct
        );

    /// <summary>The same inside the caller's transaction.</summary>
    internal async Task<Approval?> FindAsync(NpgsqlConnection connection, Caller caller, ApprovalId id, CancellationToken ct)
    {
        await using var command = connection.Command($"{Shown} and a.id = $2", time.GetUtcNow(), id.Value);
        return (await ReadAsync(command, caller, ct)).SingleOrDefault();
    }

    private object?[] Filter(Caller caller, string? status, bool mine)
    {
        // Community 0 means the whole tenant.
        List<(string Role, long Community)> roles =
        [
            .. from role in CommunityRoles.All
            from community in caller.Communities.IsWholeTenant ? [new CommunityId(0)] : caller.Communities.Roles.Keys
            where caller.Has(role, community)
            select (role, community.Value),
        ];
        return
        [
            time.GetUtcNow(),
            status,
            mine,
            caller.UserId.Value,
            roles.Select(role => role.Role).ToArray(),
            roles.Select(role => role.Community).ToArray(),
        ];
    }

    private static async Task<List<Approval>> ReadAsync(NpgsqlCommand command, Caller caller, CancellationToken ct)
    {
        var found = new List<Approval>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var status = reader.GetString(1);
            var approval = new Approval(
                new ApprovalId(reader.GetGuid(0)),
                status,
                reader.GetString(2),
                new ExecutionId(reader.GetGuid(3)),
                new WorkflowId(reader.GetGuid(4)),
                reader.GetString(5),
                reader.GetString(6),
                new CommunityId(reader.GetInt64(7)),
                new EntityId(reader.GetInt64(8)),
                reader.GetFieldValue<string[]>(9),
                [.. reader.GetFieldValue<Guid[]>(10).Select(user => new UserId(user))],
                CanDecide: false,
                reader.GetFieldValue<DateTimeOffset>(11),
                reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12),
                reader.IsDBNull(13)
                    ? null
                    : new ApprovalDecision(
                        new UserId(reader.GetGuid(13)),
                        reader.GetString(14),
                        reader.GetFieldValue<DateTimeOffset>(15),
                        reader.IsDBNull(16) ? null : reader.GetString(16)
                    )
            );
            found.Add(approval with { CanDecide = status == ApprovalStatus.Pending && caller.IsApprover(approval) });
        }

        return found;
    }
}
