using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ServiceAccounts;

/// <summary>
/// Creates, changes and deletes the service accounts of a tenant; the route asks for <see cref="Permission.ManageServiceAccounts"/>. Singleton.
/// </summary>
public sealed class ServiceAccountsHandler
{
    private const int LongestName = 120;

    private const string Select = """
        select u.id, u.user_name, m.created_at, m.role, m.role_id, r.name, r.permissions
        from accounts.memberships m join accounts.users u on u.id = m.user_id left join accounts.roles r on r.id = m.role_id
        where m.tenant_id = $1 and u.is_service_account
        """;

    private static readonly AccountsError NoAccount = new AccountsError.NotFound("service account");

    // A caller who changes an account with more permissions could act through it.

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal ServiceAccountsHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>Returns the service accounts, the newest first.</summary>
    public Task<AccountsList<ServiceAccount>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var list = connection.Command(
                    Select + " order by m.created_at desc, u.id offset $2 limit $3",
                    caller.TenantId.Value,
                    skip,
                    take
                );
                await using var count = connection.Command($"select count(*) from ({Select}) a", caller.TenantId.Value);
                return new AccountsList<ServiceAccount>(await list.ListAsync(Read, token), (long)(await count.ExecuteScalarAsync(token))!);
            },
            ct
        );

    /// <summary>
    /// Returns a service account, or <see cref="AccountsError.NotFound"/> if the tenant has none with this id. A person is not one.
    /// </summary>
    public Task<AccountsResult<ServiceAccount>> GetAsync(Caller caller, UserId account, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), (connection, token) => FindAsync(connection, caller, account, token), ct);

    /// <summary>
    /// Creates an account. Returns it, <see cref="AccountsError.Invalid"/>, or <see cref="AccountsError.PermissionDenied"/> if it would have
    /// permissions that the caller lacks.
    /// </summary>
    /// <param name="role">A built-in role's name, or the id of one of the tenant's own.</param>
    public Task<AccountsResult<ServiceAccount>> CreateAsync(Caller caller, string? name, string? role, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<ServiceAccount>>(
            caller.Scope(),
            async (connection, token) =>
            {
                var trimmed = (name ?? "").Trim();
                var wanted = await NamedRole.FindAsync(connection, role, token);
                if (Refusal(caller, trimmed, wanted) is { } refusal)
                {
                    return refusal;
                }

                var account = new UserId(Guid.CreateVersion7());
                await using var create = connection.Command(
                    "select accounts.create_service_account($1, $2, $3, $4)",
                    account.Value,
                    trimmed,
                    wanted!.Columns.Role,
                    wanted.Columns.OwnId
                );
                await create.ExecuteNonQueryAsync(token);
                await WriteAsync(
                    connection,
                    caller,
                    AuditActions.ServiceAccountCreated,
                    account,
                    null,
                    new { name = trimmed, role = wanted.Key },
                    token
                );
                return await FindAsync(connection, caller, account, token);
            },
            ct
        );

    /// <summary>
    /// Changes the given fields. Errors: <see cref="AccountsError.NotFound"/>, <see cref="AccountsError.Invalid"/>, and
    /// <see cref="AccountsError.PermissionDenied"/> if the account has permissions that the caller lacks.
    /// </summary>
    public Task<AccountsResult<ServiceAccount>> ChangeAsync(Caller caller, UserId account, string? name, string? role, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<ServiceAccount>>(
            caller.Scope(),
            async (connection, token) =>
            {
                // The role is locked before the member, as everywhere.
                var wanted = role is null ? null : await NamedRole.FindAsync(connection, role, token);
                if (await FindAsync(connection, caller, account, token) is not AccountsResult<ServiceAccount>.Done { Value: var before })
                {
                    return NoAccount;
                }

                if (!before.Role.IsWithin(caller))
                {
                    return before.Role.Beyond(caller.Permissions);
                }

                var given = role is null ? before.Role : wanted;
                var trimmed = name?.Trim() ?? before.Name;
                if (Refusal(caller, trimmed, given) is { } refusal)
                {
                    return refusal;
                }

                var after = before with { Name = trimmed, Role = given! };
                await using var rename = connection.Command("update accounts.users set user_name = $2 where id = $1", account.Value, after.Name);
                await using var promote = connection.Command(
                    "update accounts.memberships set role = $3, role_id = $4 where tenant_id = $1 and user_id = $2",
                    caller.TenantId.Value,
                    account.Value,
                    after.Role.Columns.Role,
                    after.Role.Columns.OwnId
                );
                await rename.ExecuteNonQueryAsync(token);
                await promote.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.ServiceAccountUpdated, account, Facts(before), Facts(after), token);
                return after;
            },
            ct
        );

    /// <summary>Deletes the account with all its keys and credentials. Refuses like <see cref="ChangeAsync"/> does.</summary>
    public Task<AccountsResult<ServiceAccount>> DeleteAsync(Caller caller, UserId account, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<ServiceAccount>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await FindAsync(connection, caller, account, token) is not AccountsResult<ServiceAccount>.Done { Value: var was })
                {
                    return NoAccount;
                }

                if (!was.Role.IsWithin(caller))
                {
                    return was.Role.Beyond(caller.Permissions);
                }

                await using var delete = connection.Command(
                    "delete from accounts.memberships where tenant_id = $1 and user_id = $2",
                    caller.TenantId.Value,
                    account.Value
                );
                await delete.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.ServiceAccountDeleted, account, Facts(was), null, token);
                return was;
            },
            ct
        );

    // Locked, so that the second of two simultaneous changes builds on the first.
    private static async Task<AccountsResult<ServiceAccount>> FindAsync(
        NpgsqlConnection connection,
        Caller caller,
        UserId account,
        CancellationToken ct
    )
    {
        await using var find = connection.Command(Select + " and u.id = $2 for update of m", caller.TenantId.Value, account.Value);
        return await find.ListAsync(Read, ct) is [var one] ? one : NoAccount;
    }

    private static ServiceAccount Read(System.Data.Common.DbDataReader row) =>
        new(new(row.GetGuid(0)), row.GetString(1), MemberRole.Read(row, 3), row.GetFieldValue<DateTimeOffset>(2));

    private static AccountsError? Refusal(Caller caller, string name, MemberRole? role)
    {
        var errors = new Dictionary<string, string[]>();
        if (name.Length is 0 or > LongestName || !NameText.IsVisible(name))
        {
            errors["name"] = [$"Give it a name of 1 to {LongestName} printable characters."];
        }

        // A service account can't be an owner.
        if (role is null or { BuiltIn: Role.Owner })
        {
            errors["role"] = ["must be a role other than owner, or the id of one of your own."];
        }

        return errors.Count > 0 ? new AccountsError.Invalid(errors)
            : role!.IsWithin(caller) ? null
            : role.Beyond(caller.Permissions);
    }

    private static object Facts(ServiceAccount account) => new { name = account.Name, role = account.Role.Key };

    private Task WriteAsync(
        NpgsqlConnection connection,
        Caller caller,
        string action,
        UserId account,
        object? before,
        object? after,
        CancellationToken ct
    ) => _audit.WriteAsync(connection, AuditEntry.By(caller, action, new("service_account", account.ToString()), before, after), ct);
}
