using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>
/// Shows and changes the members of a community. All changes need <see cref="Permission.ManageCommunityMembers"/> there. Singleton.
/// </summary>
public sealed class CommunityMembersHandler
{
    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal CommunityMembersHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>Returns the added members. Members with access to all communities are left out, unless they were added too.</summary>
    public Task<AccountsResult<AccountsList<CommunityMember>>> ListAsync(
        Caller caller,
        CommunityId community,
        int skip,
        int take,
        CancellationToken ct
    ) =>
        _database.QueryAsync<AccountsResult<AccountsList<CommunityMember>>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (!await PlaceSql.SeesAsync(connection, community, token))
                {
                    return new AccountsError.NotFound("community");
                }

                // By the primary key and before the join, so that only the page is read.
                await using var list = connection.Command(
                    """
                    select u.id, u.user_name, u.email, m.created_at, m.role, m.role_id, r.name, r.permissions
                    from (select * from accounts.community_members where community_id = $1 order by user_id offset $2 limit $3) m
                    join accounts.users u on u.id = m.user_id left join accounts.roles r on r.id = m.role_id
                    order by u.id
                    """,
                    community.Value,
                    skip,
                    take
                );
                return new AccountsList<CommunityMember>(
                    await list.ListAsync(Read, token),
                    await connection.CountAsync("accounts.community_members where community_id = $1", [community.Value], token)
                );
            },
            ct
        );

    public Task<AccountsResult<CommunityMember>> GetAsync(Caller caller, CommunityId community, UserId user, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<CommunityMember>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (!await PlaceSql.SeesAsync(connection, community, token))
                {
                    return new AccountsError.NotFound("community");
                }

                return await FindAsync(connection, community, user, token) is { } member ? member : new AccountsError.NotFound("member");
            },
            ct
        );

    /// <summary>Adds a member of the tenant, or changes the role.</summary>
    /// <param name="wanted">admin, editor, operator, viewer, or the id of one of the tenant's own roles.</param>
    /// <returns>Also <see cref="AccountsError.PermissionDenied"/> if the old or the new role has permissions that the caller lacks in the
    /// community.</returns>
    public Task<AccountsResult<CommunityMember>> PutAsync(Caller caller, CommunityId community, UserId user, string? wanted, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<CommunityMember>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await PlaceSql.RefuseAsync(connection, caller, Permission.ManageCommunityMembers, community, token) is { } refusal)
                {
                    return refusal;
                }

                if (await NamedRole.FindAsync(connection, wanted, token) is not { } role || role.BuiltIn is Role.Owner)
                {
                    return new AccountsError.Invalid(
                        new Dictionary<string, string[]>
                        {
                            ["role"] = ["must be one of admin, editor, operator, viewer, or the id of one of your own roles."],
                        }
                    );
                }

                var before = await FindAsync(connection, community, user, token);
                if (new[] { role, before?.Role }.FirstOrDefault(touched => touched?.IsWithin(caller, community) == false) is { } beyond)
                {
                    return beyond.Beyond(caller, community);
                }

                await using var put = connection.Command(
                    """
                    insert into accounts.community_members (tenant_id, community_id, user_id, role, role_id)
                    select m.tenant_id, $1, m.user_id, $3, $4 from accounts.memberships m where m.tenant_id = tenancy.tenant() and m.user_id = $2
                    on conflict (community_id, user_id) do update set role = excluded.role, role_id = excluded.role_id
                    """,
                    community.Value,
                    user.Value,
                    role.Columns.Role,
                    role.Columns.OwnId
                );
                await put.ExecuteNonQueryAsync(token);
                if (await FindAsync(connection, community, user, token) is not { } after)
                {
                    return new AccountsError.NotFound("member");
                }

                await _audit.WriteAsync(
                    connection,
                    Entry(caller, AuditActions.CommunityMemberPut, community, after, before?.Role.Key, after.Role.Key),
                    token
                );
                return after;
            },
            ct
        );

    /// <summary>Removes a member from the community. The member stays in the tenant.</summary>
    public Task<AccountsResult<CommunityMember>> RemoveAsync(Caller caller, CommunityId community, UserId user, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<CommunityMember>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await PlaceSql.RefuseAsync(connection, caller, Permission.ManageCommunityMembers, community, token) is { } refusal)
                {
                    return refusal;
                }

                if (await FindAsync(connection, community, user, token) is not { } member)
                {
                    return new AccountsError.NotFound("member");
                }

                if (!member.Role.IsWithin(caller, community))
                {
                    return member.Role.Beyond(caller, community);
                }

                await using var remove = connection.Command(
                    "delete from accounts.community_members where community_id = $1 and user_id = $2",
                    community.Value,
                    user.Value
                );
                await remove.ExecuteNonQueryAsync(token);
                await _audit.WriteAsync(
                    connection,
                    Entry(caller, AuditActions.CommunityMemberRemoved, community, member, member.Role.Key, null),
                    token
                );
                return member;
            },
            ct
        );

    private static async Task<CommunityMember?> FindAsync(NpgsqlConnection connection, CommunityId community, UserId user, CancellationToken ct)
    {
        await using var find = connection.Command(
            """
            select u.id, u.user_name, u.email, m.created_at, m.role, m.role_id, r.name, r.permissions
            from accounts.community_members m join accounts.users u on u.id = m.user_id left join accounts.roles r on r.id = m.role_id
            where m.community_id = $1 and m.user_id = $2
            """,
            community.Value,
            user.Value
        );
        return await find.ListAsync(Read, ct) is [var member] ? member : null;
    }

    private static AuditEntry Entry(Caller caller, string action, CommunityId community, CommunityMember member, string? before, string? after) =>
        AuditEntry.By(
            caller,
            action,
            new("member", $"{member.User}", member.Username),
            before is null ? null : new { Community = community.Value, Role = before },
            after is null ? null : new { Community = community.Value, Role = after }
        );

    private static CommunityMember Read(DbDataReader row) =>
        new(new(row.GetGuid(0)), row.GetString(1), row.GetString(2), MemberRole.Read(row, 4), row.GetFieldValue<DateTimeOffset>(3));
}
