using Npgsql;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.ServiceAccounts;

/// <summary>Makes, changes and ends a tenant's service accounts; the route asks for <see cref="Permission.ManageServiceAccounts"/>. Singleton.</summary>
public sealed class ServiceAccountsHandler
{
    private const int LongestName = 120;

    private const string Select = """
        select u.id, u.user_name, m.role, m.created_at from accounts.memberships m join accounts.users u on u.id = m.user_id
        where m.tenant_id = $1 and u.is_service_account
        """;

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal ServiceAccountsHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>The newest first.</summary>
    public Task<AccountsList<ServiceAccount>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            await using var list = connection.Command(Select + " order by m.created_at desc, u.id offset $2 limit $3", caller.TenantId.Value, skip, take);
            await using var count = connection.Command($"select count(*) from ({Select}) a", caller.TenantId.Value);
            return new AccountsList<ServiceAccount>(await list.ListAsync(Read, token), (long)(await count.ExecuteScalarAsync(token))!);
        }, ct);

    /// <summary><see cref="AccountsError.NotFound"/> if the tenant has no such service account; a person is none.</summary>
    public Task<AccountsResult<ServiceAccount>> GetAsync(Caller caller, UserId account, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), (connection, token) => FindAsync(connection, caller, account, token), ct);

    /// <summary>The new account, or <see cref="AccountsError.Invalid"/>.</summary>
    public Task<AccountsResult<ServiceAccount>> CreateAsync(Caller caller, string? name, string? role, CancellationToken ct)
    {
        var trimmed = (name ?? "").Trim();
        if (Check(caller, trimmed, role ?? "") is { Count: > 0 } errors)
        {
            return Task.FromResult<AccountsResult<ServiceAccount>>(new AccountsError.Invalid(errors));
        }

        var account = new UserId(Guid.CreateVersion7());
        return _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            await using var create = connection.Command("select accounts.create_service_account($1, $2, $3)", account.Value, trimmed, role!);
            await create.ExecuteNonQueryAsync(token);
            await WriteAsync(connection, caller, AuditActions.ServiceAccountCreated, account, null, new { name = trimmed, role }, token);
            return await FindAsync(connection, caller, account, token);
        }, ct);
    }

    /// <summary>Changes what is given. <see cref="AccountsError.NotFound"/> or <see cref="AccountsError.Invalid"/> if that can't be.</summary>
    public Task<AccountsResult<ServiceAccount>> ChangeAsync(Caller caller, UserId account, string? name, string? role, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            var found = await FindAsync(connection, caller, account, token);
            if (found is not AccountsResult<ServiceAccount>.Done { Value: var before })
            {
                return found;
            }

            var after = before with { Name = name?.Trim() ?? before.Name, Role = role ?? before.Role };
            if (Check(caller, after.Name, after.Role) is { Count: > 0 } errors)
            {
                return new AccountsError.Invalid(errors);
            }

            await using var rename = connection.Command("update accounts.users set user_name = $2 where id = $1", account.Value, after.Name);
            await using var promote = connection.Command("update accounts.memberships set role = $3 where tenant_id = $1 and user_id = $2", caller.TenantId.Value, account.Value, after.Role);
            await rename.ExecuteNonQueryAsync(token);
            await promote.ExecuteNonQueryAsync(token);
            await WriteAsync(
                connection, caller, AuditActions.ServiceAccountUpdated, account, new { name = before.Name, role = before.Role }, new { name = after.Name, role = after.Role }, token);
            return after;
        }, ct);

    /// <summary>Ends the account with all that it authenticates with. <see cref="AccountsError.NotFound"/> if there is none.</summary>
    public Task<AccountsResult<ServiceAccount>> DeleteAsync(Caller caller, UserId account, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            var found = await FindAsync(connection, caller, account, token);
            if (found is AccountsResult<ServiceAccount>.Done { Value: var was })
            {
                await using var delete = connection.Command("delete from accounts.memberships where tenant_id = $1 and user_id = $2", caller.TenantId.Value, account.Value);
                await delete.ExecuteNonQueryAsync(token);
                await WriteAsync(connection, caller, AuditActions.ServiceAccountDeleted, account, new { name = was.Name, role = was.Role }, null, token);
            }

            return found;
        }, ct);

    // Locked, so that of two changes at the same moment the second builds on the first.
    private static async Task<AccountsResult<ServiceAccount>> FindAsync(NpgsqlConnection connection, Caller caller, UserId account, CancellationToken ct)
    {
        await using var find = connection.Command(Select + " and u.id = $2 for update of m", caller.TenantId.Value, account.Value);
        return await find.ListAsync(Read, ct) is [var one] ? one : new AccountsError.NotFound("service account");
    }

    private static ServiceAccount Read(System.Data.Common.DbDataReader row) =>
        new(new(row.GetGuid(0)), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3));

    private static Dictionary<string, string[]> Check(Caller caller, string name, string role)
    {
        var errors = new Dictionary<string, string[]>();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            errors["name"] = [$"Give it a name of 1 to {LongestName} printable characters."];
        }

        // A program owns no tenant, and nobody hands out more than they have.
        if (RoleGrants.Parse(role) is not { } parsed || parsed == Role.Owner || !parsed.Permissions().IsSubsetOf(caller.Permissions))
        {
            errors["role"] = ["This must be a role other than owner that grants nothing which you may not do yourself."];
        }

        return errors;
    }

    private Task WriteAsync(NpgsqlConnection connection, Caller caller, string action, UserId account, object? before, object? after, CancellationToken ct) =>
        _audit.WriteAsync(connection, AuditEntry.By(caller, action, new("service_account", account.ToString()), before, after), ct);
}
