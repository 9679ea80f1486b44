using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>Shows and changes the members of the tenant. Singleton.</summary>
public sealed class MembersHandler
{
    private const string Columns =
        "u.id, u.user_name, u.email, m.role, m.role_id, r.name, r.permissions, m.created_at, m.last_used_at, u.is_service_account";

    private const string From = """
        from accounts.memberships m join accounts.users u on u.id = m.user_id
            left join accounts.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
        """;

    private static readonly AccountsError NoMember = new AccountsError.NotFound("member");
    private static readonly AccountsError NoRole = new AccountsError.NotFound("role");

    private static readonly AccountsError LastOwner = new AccountsError.Conflict(
        "member.last_owner",
        "A tenant always has an owner. Make somebody else an owner first, or delete the tenant."
    );

    private static readonly AccountsError NoPerson = new AccountsError.Conflict(
        "member.service_account",
        "A service account can't own a tenant: nobody could sign in to look after it."
    );

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal MembersHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>A page of the members in the order of their names.</summary>
    public Task<AccountsList<MemberSummary>> ListAsync(Caller caller, MemberFilter filter, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                // The page is read from the index first, and then only its members are read. In one statement, the planner would join all members.
                await using var page = Filtered(
                    connection,
                    "select m.user_id",
                    filter,
                    $"order by m.listed_as, m.user_id offset {skip} limit {take}"
                );
                var users = await page.ListAsync(row => row.GetGuid(0), cancel);
                var isLast = users.Count < take && (users.Count > 0 || skip == 0);
                await using var count = Filtered(connection, "select count(*)", filter, "");
                var total = isLast ? skip + users.Count : (long)(await count.ExecuteScalarAsync(cancel))!;
                await using var list = connection.Command(
                    $"select {Columns} {From} where m.user_id = any ($1) order by m.listed_as, m.user_id",
                    users.ToArray()
                );
                return new AccountsList<MemberSummary>(await list.ListAsync(Read, cancel), total);
            },
            ct
        );

    /// <summary>A member, or <see cref="AccountsError.NotFound"/>.</summary>
    public Task<AccountsResult<MemberDetails>> GetAsync(Caller caller, UserId user, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), (connection, cancel) => DetailsAsync(connection, user, cancel), ct);

    /// <summary>Gives a member another role.</summary>
    /// <param name="role">A built-in role's name, or the id of the tenant's own.</param>
    /// <returns> The member, or <see cref="AccountsError.NotFound"/>, or <see cref="AccountsError.PermissionDenied"/> if the old or the new role has
    /// permissions that the caller lacks, or <see cref="AccountsError.Conflict"/> for the last owner. </returns>
    public Task<AccountsResult<MemberDetails>> ChangeRoleAsync(Caller caller, UserId user, string role, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<MemberDetails>>(
            caller.Scope(),
            async (connection, cancel) =>
            {
                if (await NamedRole.FindAsync(connection, role, cancel) is not { } wanted)
                {
                    return NoRole;
                }

                var locked = await LockAsync(connection, caller.UserId, user, cancel);
                if (Refusal(caller, locked, user, [wanted]) is { } refused)
                {
                    return refused;
                }

                if (wanted.BuiltIn != Role.Owner && locked.IsLastOwner(user))
                {
                    return LastOwner;
                }

                if (wanted.BuiltIn == Role.Owner && locked.Find(user) is { IsService: true })
                {
                    return NoPerson;
                }

                await using var update = connection.Command(
                    "update accounts.memberships set role = $2, role_id = $3 where user_id = $1",
                    user.Value,
                    wanted.BuiltIn?.Text() ?? MemberRole.Custom,
                    (object?)wanted.Own?.Value ?? DBNull.Value
                );
                await update.ExecuteNonQueryAsync(cancel);
                await WriteAsync(connection, caller, AuditActions.MemberChanged, user, locked, wanted, cancel);
                return await DetailsAsync(connection, user, cancel);
            },
            ct
        );

    /// <summary>Ends a membership, with its sessions. Refuses as <see cref="ChangeRoleAsync"/> does.</summary>
    public Task<AccountsResult<UserId>> RemoveAsync(Caller caller, UserId user, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<UserId>>(
            caller.Scope(),
            async (connection, cancel) =>
            {
                var locked = await LockAsync(connection, caller.UserId, user, cancel);
                return Refusal(caller, locked, user, []) is { } refused ? refused : await EndAsync(connection, caller, locked, user, cancel);
            },
            ct
        );

    /// <summary>Ends the caller's own membership. It needs no permission; the last owner can't leave.</summary>
    public Task<AccountsResult<UserId>> LeaveAsync(Caller caller, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
                await EndAsync(connection, caller, await LockAsync(connection, caller.UserId, caller.UserId, cancel), caller.UserId, cancel),
            ct
        );

    private async Task<AccountsResult<UserId>> EndAsync(NpgsqlConnection connection, Caller caller, Locked locked, UserId user, CancellationToken ct)
    {
        if (locked.Find(user) is null)
        {
            return NoMember;
        }

        if (locked.IsLastOwner(user))
        {
            return LastOwner;
        }

        // Before the membership is deleted, because afterwards the user's name is not visible to this tenant.
        await WriteAsync(connection, caller, user == caller.UserId ? AuditActions.MemberLeft : AuditActions.MemberRemoved, user, locked, null, ct);
        await using var delete = connection.Command("delete from accounts.memberships where user_id = $1", user.Value);
        await delete.ExecuteNonQueryAsync(ct);
        return user;
    }

    private Task WriteAsync(
        NpgsqlConnection connection,
        Caller caller,
        string action,
        UserId user,
        Locked locked,
        MemberRole? role,
        CancellationToken ct
    )
    {
        var before = locked.Find(user)!;
        return _audit.WriteAsync(
            connection,
            AuditEntry.By(
                caller,
                action,
                new("member", user.ToString(), before.Name),
                new { role = before.Role.Key },
                role is null ? null : new { role = role.Key }
            ),
            ct
        );
    }

    private static AccountsError? Refusal(Caller caller, Locked locked, UserId user, IEnumerable<MemberRole> others)
    {
        if (locked.Find(caller.UserId) is not { } giver || locked.Find(user) is not { } current)
        {
            return NoMember;
        }

        // The token is an upper bound; the locked row has the current role.
        return !giver.Role.Permissions.Contains(Permission.ManageMembers)
            ? new AccountsError.PermissionDenied(Permission.ManageMembers)
            : others
                .Append(current.Role)
                .FirstOrDefault(role => !role.IsWithin(giver.Role, caller))
                ?.Beyond(giver.Role.Permissions.Intersect(caller.Permissions).ToHashSet());
    }

    // Owners and both members are locked in one order. If two owners demote each other, the second one waits and then reads the result of the first.
    private static async Task<Locked> LockAsync(NpgsqlConnection connection, UserId actor, UserId target, CancellationToken ct)
    {
        await using var command = connection.Command(
            """
            select m.user_id, u.user_name, u.is_service_account, m.role, m.role_id, (select r.permissions from accounts.roles r
            where r.id = m.role_id)
            from accounts.memberships m join accounts.users u on u.id = m.user_id
            where m.role = 'owner' or m.user_id in ($1, $2) order by m.user_id for update of m
            """,
            actor.Value,
            target.Value
        );
        return new(
            await command.ListAsync(
                row => new LockedMember(
                    new(row.GetGuid(0)),
                    row.GetString(1),
                    row.GetBoolean(2),
                    MemberRole.Read(row.GetString(3), row.GetValue(4) as Guid?, null, row.GetValue(5) as string[])
                ),
                ct
            )
        );
    }

    private static async Task<AccountsResult<MemberDetails>> DetailsAsync(NpgsqlConnection connection, UserId user, CancellationToken ct)
    {
        await using var command = connection.Command($"select {Columns} {From} where m.user_id = $1", user.Value);
        if (await command.ListAsync(Read, ct) is not [var member])
        {
            return NoMember;
        }

        await using var communities = connection.Command(
            """
            select c.id, c.name, m.role, m.role_id, r.name, r.permissions
            from accounts.community_members m join accounts.communities c on c.id = m.community_id left join accounts.roles r on r.id = m.role_id
            where m.user_id = $1 order by c.id
            """,
            user.Value
        );
        return new MemberDetails(
            member,
            await communities.ListAsync(row => new MemberCommunity(new(row.GetInt64(0)), row.GetString(1), MemberRole.Read(row, 2)), ct)
        );
    }

    internal static NpgsqlCommand Filtered(NpgsqlConnection connection, string select, MemberFilter filter, string rest)
    {
        var command = connection.Command("");
        var conditions = "m.tenant_id = (select tenancy.tenant())";
        if (filter.Search is { } search)
        {
            command.Parameters.Add(new() { Value = $"%{search.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%" });
            conditions += $" and m.listed_as like lower(${command.Parameters.Count})";
        }

        if (filter.Role is { } role)
        {
            command.Parameters.Add(new() { Value = Guid.TryParse(role, out var id) ? id : role });
            conditions += $" and m.{(id == Guid.Empty ? "role" : "role_id")} = ${command.Parameters.Count}";
        }

        command.CommandText = $"{select} from accounts.memberships m where {conditions} {rest}";
        return command;
    }

    private static MemberSummary Read(DbDataReader row) =>
        new(
            new(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)),
            MemberRole.Read(row.GetString(3), row.GetValue(4) as Guid?, row.GetValue(5) as string, row.GetValue(6) as string[]),
            row.GetFieldValue<DateTimeOffset>(7),
            row.GetValue(8) is DateTime used ? new DateTimeOffset(used) : null,
            row.GetBoolean(9)
        );

    /// <summary>Locks and returns the rows of all owners and of the two members, until the transaction ends.</summary>
    private sealed record Locked(IReadOnlyList<LockedMember> Rows)
    {
        public LockedMember? Find(UserId user) => Rows.FirstOrDefault(row => row.User == user);

        public bool IsLastOwner(UserId user) => Rows.Where(row => row.Role.BuiltIn == Role.Owner).Select(row => row.User).SequenceEqual([user]);
    }

    private sealed record LockedMember(UserId User, string Name, bool IsService, MemberRole Role);
}
