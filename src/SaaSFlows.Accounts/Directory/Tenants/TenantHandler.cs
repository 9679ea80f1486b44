using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>Shows, names, closes and restores the caller's tenant. Singleton.</summary>
public sealed class TenantHandler
{
    private static readonly AccountsError NotOpen = new AccountsError.Conflict(
        "tenant.closing",
        "The deletion of this tenant was requested already."
    );
    private static readonly AccountsError NotClosing = new AccountsError.Conflict(
        "tenant.not_closing",
        "The tenant can't be restored: it is open, or its deletion has begun."
    );

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly TenantOptions _options;
    private readonly TimeProvider _time;

    internal TenantHandler(TenantDatabase database, AuditLog audit, TenantOptions options, TimeProvider time) =>
        (_database, _audit, _options, _time) = (database, audit, options, time);

    /// <summary>Returns the tenant, or <see cref="AccountsError.NotFound"/> after its deletion.</summary>
    public Task<AccountsResult<TenantDetails>> GetAsync(Caller caller, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<TenantDetails>>(
            caller.Scope(),
            async (connection, token) => await FindAsync(connection, caller, token) is { } tenant ? tenant : new AccountsError.NotFound("tenant"),
            ct
        );

    /// <summary>Changes the given fields. Needs <see cref="Permission.ManageTenant"/>.</summary>
    /// <returns>The tenant, or <see cref="AccountsError.Invalid"/>, or <see cref="AccountsError.Conflict"/> if another tenant has the slug.</returns>
    public async Task<AccountsResult<TenantDetails>> ChangeAsync(Caller caller, string? name, string? slug, CancellationToken ct)
    {
        try
        {
            return await ChangeAsync(
                caller,
                Permission.ManageTenant,
                AuditActions.TenantChanged,
                async (connection, before, token) =>
                {
                    var after = before.Tenant with { Name = name?.Trim() ?? before.Tenant.Name, Slug = slug ?? before.Tenant.Slug };
                    if (PlaceSql.CheckName(after.Name) is { } invalid)
                    {
                        return invalid;
                    }

                    if (after.Slug != before.Tenant.Slug && Slug.Check(after.Slug) is { } wrong)
                    {
                        return new AccountsError.Invalid(new Dictionary<string, string[]> { ["slug"] = [wrong] });
                    }

                    await using var update = connection.Command(
                        "update accounts.tenants set name = $2, slug = $3 where tenant_id = $1",
                        caller.TenantId.Value,
                        after.Name,
                        after.Slug
                    );
                    await update.ExecuteNonQueryAsync(token);
                    return null;
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new AccountsError.Conflict("slug.taken", "Another tenant has this slug. Choose another one.");
        }
    }

    /// <summary>
    /// Closes the tenant at once. It is deleted with all its data when the grace period is over. Needs <see cref="Permission.DeleteTenant"/>.
    /// </summary>
    /// <param name="caller">The owner.</param>
    /// <param name="confirmation">The tenant's name, as a confirmation.</param>
    /// <param name="ct">Cancels it.</param>
    public Task<AccountsResult<TenantDetails>> CloseAsync(Caller caller, string? confirmation, CancellationToken ct) =>
        ChangeAsync(
            caller,
            Permission.DeleteTenant,
            AuditActions.TenantClosed,
            async (connection, before, token) =>
            {
                if (!NameText.AreSame(confirmation?.Trim() ?? "", before.Tenant.Name))
                {
                    return new AccountsError.Invalid(new Dictionary<string, string[]> { ["name"] = ["Repeat the tenant's name, as it is written."] });
                }

                await using var close = connection.Command("select accounts.close_tenant($1)", _time.GetUtcNow().AddDays(_options.DeleteGraceDays));
                return (bool)(await close.ExecuteScalarAsync(token))! ? null : NotOpen;
            },
            ct
        );

    /// <summary>Restores a closed tenant. Needs <see cref="Permission.DeleteTenant"/>.</summary>
    public Task<AccountsResult<TenantDetails>> RestoreAsync(Caller caller, CancellationToken ct) =>
        ChangeAsync(
            caller,
            Permission.DeleteTenant,
            AuditActions.TenantRestored,
            async (connection, _, token) =>
            {
                await using var restore = connection.Command("select accounts.restore_tenant()");
                return (bool)(await restore.ExecuteScalarAsync(token))! ? null : NotClosing;
            },
            ct
        );

    private Task<AccountsResult<TenantDetails>> ChangeAsync(
        Caller caller,
        string permission,
        string action,
        Func<NpgsqlConnection, TenantDetails, CancellationToken, Task<AccountsError?>> change,
        CancellationToken ct
    ) =>
        _database.QueryAsync<AccountsResult<TenantDetails>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (!caller.May(permission))
                {
                    return new AccountsError.PermissionDenied(permission);
                }

                if (await FindAsync(connection, caller, token) is not { } before)
                {
                    return new AccountsError.NotFound("tenant");
                }

                if (await change(connection, before, token) is { } refusal)
                {
                    return refusal;
                }

                var after = (await FindAsync(connection, caller, token))!;
                var target = new AuditTarget("tenant", $"{caller.TenantId}", after.Tenant.Name);
                await _audit.WriteAsync(connection, AuditEntry.By(caller, action, target, Facts(before), Facts(after)), token);
                return after;
            },
            ct
        );

    private static object Facts(TenantDetails tenant) =>
        new
        {
            tenant.Tenant.Name,
            tenant.Tenant.Slug,
            tenant.Status,
            tenant.DeleteAt,
        };

    private static async Task<TenantDetails?> FindAsync(NpgsqlConnection connection, Caller caller, CancellationToken ct)
    {
        await using var find = connection.Command(
            "select name, slug, status, created_at, delete_at from accounts.tenants where tenant_id = $1",
            caller.TenantId.Value
        );
        var found = await find.ListAsync(
            row => new TenantDetails(
                new(caller.TenantId, row.GetString(0), row.GetString(1)),
                row.GetString(2) == "deleting" ? "closing" : row.GetString(2),
                row.GetFieldValue<DateTimeOffset>(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4)
            ),
            ct
        );
        return found.SingleOrDefault();
    }
}
