using System.Data.Common;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>
/// Decides whether the licence of a tenant allows an action. A positive answer may come from memory and has an epoch; the statement that acts on it
/// must check the epoch again. A negative answer is always confirmed in the database. Singleton, safe for concurrent use.
/// </summary>
public sealed class Licence : IDisposable
{
    private readonly LicensingOptions _options;
    private readonly TenantDatabase _database;
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    internal Licence(LicensingOptions options, TenantDatabase database) => (_options, _database) = (options, database);

    /// <summary>
    /// Returns the epoch if the licence allows the action, or <see cref="AccountsError.LicenceExceeded"/> or
    /// <see cref="AccountsError.TenantClosed"/>.
    /// </summary>
    public async ValueTask<AccountsResult<LicenceEpoch>> MayDoAsync(TenantId tenant, LicensedAction action, CancellationToken ct)
    {
        if (_known.TryGetValue(tenant, out Use? cached) && Refusal(cached!, action) is null)
        {
            return cached!.Epoch;
        }

        var use = await ReadAsync(tenant, ct);
        if (use is null)
        {
            return new AccountsError.TenantClosed();
        }

        _known.Set(tenant, use, new MemoryCacheEntryOptions { Size = 1 });
        return Refusal(use, action) is { } refusal ? refusal : use.Epoch;
    }

    /// <summary>
    /// Checks the number of workflows inside the transaction that creates one. Concurrent creations of a tenant wait for each other's commit.
    /// </summary>
    /// <param name="transaction">A connection inside the tenant's transaction (<see cref="TenantDatabase"/>). A refusal may be committed, because it
    /// only raised the epoch.</param>
    /// <param name="tenant">The transaction's tenant.</param>
    /// <param name="ct">Cancels the wait for the others.</param>
    public async Task<AccountsResult<LicenceEpoch>> AdmitNewWorkflowAsync(DbConnection transaction, TenantId tenant, CancellationToken ct)
    {
        var connection = (NpgsqlConnection)transaction;
        // Two statements, so that the count sees what was committed while the first one waited for the row.
        await using var raise = connection.Command(
            "update accounts.tenants set licence_epoch = licence_epoch + 1 where tenant_id = $1 returning licence_epoch, status",
            tenant.Value
        );
        var raised = await raise.ListAsync(row => (Epoch: row.GetInt64(0), Active: row.GetString(1) == "active"), ct);
        if (raised is not [{ Active: true, Epoch: var epoch }])
        {
            return new AccountsError.TenantClosed();
        }

        await using var count = connection.Command("select automation.workflows_in_use()");
        var use = new Use(new(epoch), (long)(await count.ExecuteScalarAsync(ct))!);
        Forget(tenant);
        return Refusal(use, LicensedAction.CreateWorkflow) is { } refusal ? refusal : use.Epoch;
    }

    /// <summary>Raises the epoch inside the transaction that archives a workflow, so that answers of the old epoch become invalid.</summary>
    /// <param name="transaction">A connection inside the tenant's transaction.</param>
    /// <param name="tenant">The transaction's tenant.</param>
    /// <param name="ct">Cancels the wait for the tenant's row.</param>
    public async Task ReleaseWorkflowAsync(DbConnection transaction, TenantId tenant, CancellationToken ct)
    {
        await using var raise = ((NpgsqlConnection)transaction).Command(
            "update accounts.tenants set licence_epoch = licence_epoch + 1 where tenant_id = $1",
            tenant.Value
        );
        await raise.ExecuteNonQueryAsync(ct);
        Forget(tenant);
    }

    /// <summary>Removes the tenant from the cache. Call it when a statement found another epoch than this class had returned.</summary>
    public void Forget(TenantId tenant) => _known.Remove(tenant);

    public void Dispose() => _known.Dispose();

    private AccountsError.LicenceExceeded? Refusal(Use use, LicensedAction action)
    {
        var exceeded =
            action is not LicensedAction.ExecuteUncounted
            && _options.MaxWorkflowsPerTenant is { } limit
            && (action is LicensedAction.CreateWorkflow ? use.Workflows >= limit : use.Workflows > limit);
        return exceeded ? new AccountsError.LicenceExceeded(action, _options.MaxWorkflowsPerTenant!.Value, use.Workflows) : null;
    }

    private Task<Use?> ReadAsync(TenantId tenant, CancellationToken ct) =>
        _database.QueryAsync(
            new(tenant, CommunityScope.All),
            async (connection, token) =>
            {
                await using var command = connection.Command(
                    "select licence_epoch, automation.workflows_in_use() from accounts.tenants where tenant_id = $1 and status = 'active'",
                    tenant.Value
                );
                var rows = await command.ListAsync(row => new Use(new(row.GetInt64(0)), row.GetInt64(1)), token);
                return rows.SingleOrDefault();
            },
            ct
        );

    private sealed record Use(LicenceEpoch Epoch, long Workflows);
}
