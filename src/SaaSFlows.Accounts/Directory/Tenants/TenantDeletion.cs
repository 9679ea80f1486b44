using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>
/// Deletes tenants whose grace period is over, in small batches. Any number of processes can run it and finish the work of another.
/// </summary>
public sealed partial class TenantDeletion
{
    private const int Batch = 1000;

    private readonly PostgresPools _pools;
    private readonly AuditTombstones _tombstones;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantDeletion> _logger;

    internal TenantDeletion(PostgresPools pools, AuditTombstones tombstones, TimeProvider time, ILogger<TenantDeletion> logger) =>
        (_pools, _tombstones, _time, _logger) = (pools, tombstones, time, logger);

    /// <summary>Deletes all due tenants. Returns their number.</summary>
    public async Task<int> PassAsync(CancellationToken ct)
    {
        var gone = 0;
        while (await NextAsync(ct) is { } tenant)
        {
            await DeleteRowsAsync(tenant, ct);
            await FinishAsync(tenant, await _tombstones.SignAsync(tenant, ct), ct);
            Log.Deleted(_logger, tenant);
            gone++;
        }

        return gone;
    }

    private async Task<TenantId?> NextAsync(CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var begin = connection.Command("select accounts.begin_deletion($1)", _time.GetUtcNow());
        return await begin.ExecuteScalarAsync(ct) is Guid id ? new TenantId(id) : null;
    }

    private async Task DeleteRowsAsync(TenantId tenant, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        while (await DeleteAsync(connection.Command("select accounts.delete_batch($1, $2)", tenant.Value, Batch), ct) > 0) { }

        await using var list = connection.Command("select name from accounts.tenant_partitions()");
        foreach (var partition in await list.ListAsync(row => row.GetString(0), ct))
        {
            await DeleteAsync(connection.Command("select accounts.delete_from_partition($1, $2)", tenant.Value, partition), ct);
        }
    }

    private static async Task<long> DeleteAsync(NpgsqlCommand delete, CancellationToken ct)
    {
        await using (delete)
        {
            // To find the rows of a tenant in a partition, all rows must be read.
            delete.CommandTimeout = 600;
            return (long)(await delete.ExecuteScalarAsync(ct))!;
        }
    }

    private async Task FinishAsync(TenantId tenant, SignedEnd? end, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (end is not null)
        {
            await AuditTombstones.DropAsync(connection, tenant, end, ct);
        }

        await using var finish = connection.Command("select accounts.finish_deletion($1)", tenant.Value);
        await finish.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4201, Level = LogLevel.Information, Message = "Deleted tenant {TenantId} with all that it had")]
        public static partial void Deleted(ILogger logger, TenantId tenantId);
    }
}
