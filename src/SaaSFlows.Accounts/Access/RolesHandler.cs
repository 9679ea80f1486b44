using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Manages custom roles. The routes ask for <see cref="Permission.ManageRoles"/>. Singleton.</summary>
public sealed class RolesHandler
{
    private const int LongestName = 60;
    private const int MostRoles = 100;

    private static readonly AccountsError NoRole = new AccountsError.NotFound("role");

    private static readonly AccountsError NameTaken = new AccountsError.Conflict("role.name_taken", "A role with this name exists already.");

    private static readonly AccountsError InUse = new AccountsError.Conflict("role.in_use", "Members have this role. Give them another one first.");

    private static readonly AccountsError TooMany = new AccountsError.Conflict("role.too_many", $"A tenant can have {MostRoles} roles of its own.");

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal RolesHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>Returns the built-in roles, then the custom roles by name.</summary>
    public Task<AccountsList<MemberRole>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command("select id, name, permissions from accounts.roles order by lower(name)");
                MemberRole[] all = [.. Enum.GetValues<Role>().Select(MemberRole.Of), .. await command.ListAsync(Read, cancel)];
                return new AccountsList<MemberRole>([.. all.Skip(skip).Take(take)], all.Length);
            },
            ct
        );

    /// <summary>
    /// Creates a role. Returns <see cref="AccountsError.Invalid"/>, <see cref="AccountsError.PermissionDenied"/> if it has permissions that the
    /// caller lacks, or <see cref="AccountsError.Conflict"/>.
    /// </summary>
    public Task<AccountsResult<MemberRole>> CreateAsync(
        Caller caller,
        string? name,
        IReadOnlyCollection<string>? permissions,
        CancellationToken ct
    ) =>
        WriteAsync(
            caller,
            async (connection, cancel) =>
            {
                var role = NewRole(new RoleId(Guid.CreateVersion7()), name ?? "", permissions ?? []);
                if (Refusal(caller, role, permissions ?? []) is { } refused)
                {
                    return refused;
                }

                await connection.OneByOneAsync(caller, "roles", cancel);
                await using var count = connection.Command("select count(*) from accounts.roles");
                if ((long)(await count.ExecuteScalarAsync(cancel))! >= MostRoles)
                {
                    return TooMany;
                }

                await using var insert = connection.Command(
                    "insert into accounts.roles (id, tenant_id, name, permissions) values ($1, $2, $3, $4)",
                    role.Own!.Value.Value,
                    caller.TenantId.Value,
                    role.Name,
                    Permissions(role)
                );
                await insert.ExecuteNonQueryAsync(cancel);
                await WriteAsync(connection, caller, AuditActions.RoleCreated, role, null, role, cancel);
                return role;
            },
            ct
        );

    /// <summary>Changes the given fields. Members with the role are affected within seconds. Refuses like <see cref="CreateAsync"/> does.</summary>
    public Task<AccountsResult<MemberRole>> ChangeAsync(
        Caller caller,
        RoleId id,
        string? name,
        IReadOnlyCollection<string>? permissions,
        CancellationToken ct
    ) =>
        WriteAsync(
            caller,
            async (connection, cancel) =>
            {
                if (await LockAsync(connection, id, cancel) is not { } before)
                {
                    return NoRole;
                }

                var after = NewRole(id, name ?? before.Name, permissions ?? before.Permissions);
                if ((Refusal(caller, before, []) ?? Refusal(caller, after, permissions ?? [])) is { } refused)
                {
                    return refused;
                }

                await using var update = connection.Command(
                    "update accounts.roles set name = $2, permissions = $3, updated_at = now() where id = $1",
                    id.Value,
                    after.Name,
                    Permissions(after)
                );
                await update.ExecuteNonQueryAsync(cancel);
                await WriteAsync(connection, caller, AuditActions.RoleChanged, after, before, after, cancel);
                return after;
            },
            ct
        );

    /// <summary>Deletes a role. Returns <see cref="AccountsError.Conflict"/> if it is in use.</summary>
    public Task<AccountsResult<MemberRole>> DeleteAsync(Caller caller, RoleId id, CancellationToken ct) =>
        WriteAsync(
            caller,
            async (connection, cancel) =>
            {
                if (await LockAsync(connection, id, cancel) is not { } role)
                {
                    return NoRole;
                }

                if (Refusal(caller, role, []) is { } refused)
                {
                    return refused;
                }

                await using var delete = connection.Command("delete from accounts.roles where id = $1", id.Value);
                await delete.ExecuteNonQueryAsync(cancel);
                await WriteAsync(connection, caller, AuditActions.RoleDeleted, role, role, null, cancel);
                return role;
            },
            ct
        );

    private async Task<AccountsResult<MemberRole>> WriteAsync(
        Caller caller,
        Func<NpgsqlConnection, CancellationToken, Task<AccountsResult<MemberRole>>> work,
        CancellationToken ct
    )
    {
        try
        {
            return await _database.QueryAsync(caller.Scope(), work, ct);
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "roles_name" })
        {
            return NameTaken;
        }
        catch (PostgresException e)
            when (e
                    is {
                        SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation,
                        TableName: "memberships" or "community_members" or "roles"
                    }
            )
        {
            return InUse;
        }
    }

    // Otherwise the caller could get the additional permissions through the role.
    private static AccountsError? Refusal(Caller caller, MemberRole role, IReadOnlyCollection<string> asked)
    {
        var errors = new Dictionary<string, string[]>();
        if (role.Name.Length is 0 or > LongestName || !NameText.IsVisibleId(role.Name) || RoleGrants.Parse(role.Name.ToLowerInvariant()) is not null)
        {
            errors["name"] = [$"must have 1 to {LongestName} visible characters and not be a built-in role's name."];
        }

        if (asked.FirstOrDefault(permission => !Permission.All.Contains(permission)) is { } unknown)
        {
            errors["permissions"] = [$"{(unknown.Length > LongestName ? "one of them" : unknown)} does not exist."];
        }

        return errors.Count > 0 ? new AccountsError.Invalid(errors)
            : role.Permissions.All(permission => caller.May(permission)) ? null
            : role.Beyond(caller.Permissions);
    }

    private static async Task<MemberRole?> LockAsync(NpgsqlConnection connection, RoleId id, CancellationToken ct)
    {
        await using var command = connection.Command("select id, name, permissions from accounts.roles where id = $1 for update", id.Value);
        return await command.ListAsync(Read, ct) is [var role] ? role : null;
    }

    private Task WriteAsync(
        NpgsqlConnection connection,
        Caller caller,
        string action,
        MemberRole role,
        MemberRole? before,
        MemberRole? after,
        CancellationToken ct
    ) => _audit.WriteAsync(connection, AuditEntry.By(caller, action, new("role", role.Key, role.Name), Shown(before), Shown(after)), ct);

    private static object? Shown(MemberRole? role) => role is null ? null : new { name = role.Name, permissions = Permissions(role) };

    private static string[] Permissions(MemberRole role) => [.. role.Permissions.Order(StringComparer.Ordinal)];

    private static MemberRole NewRole(RoleId id, string name, IEnumerable<string> permissions) =>
        MemberRole.Read(MemberRole.Custom, id.Value, name.Trim(), [.. permissions]);

    private static MemberRole Read(DbDataReader row) =>
        MemberRole.Read(MemberRole.Custom, row.GetGuid(0), row.GetString(1), (string[])row.GetValue(2));
}
