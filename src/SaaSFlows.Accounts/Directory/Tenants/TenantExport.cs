using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Tenants.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>
/// Exports all data of a tenant as JSON lines, page by page. Memory does not grow with the tenant, and no connection is held while a page is sent.
/// Singleton.
/// </summary>
public sealed class TenantExport
{
    private const int ExecutionsAtOnce = 500;
    private const string Journal = "engine.journal";

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal TenantExport(TenantDatabase database, AuditLog audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Writes the beginning of the export to the audit log. Needs <see cref="Permission.ManageTenant"/> in the whole tenant.</summary>
    /// <returns>The pages. Each is good until the next is asked for.</returns>
    public async Task<AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>> BeginAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permission.ManageTenant) || !caller.Communities.IsWholeTenant)
        {
            return new AccountsError.PermissionDenied(Permission.ManageTenant);
        }

        await _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.TenantExported, new("tenant", $"{caller.TenantId}")), token);
                return true;
            },
            ct
        );
        return new AccountsResult<IAsyncEnumerable<ReadOnlyMemory<byte>>>.Done(PagesAsync(caller, ct));
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PagesAsync(Caller caller, [EnumeratorCancellation] CancellationToken ct)
    {
        var lines = new ExportLines();
        lines.Write(json =>
        {
            json.WriteString("export", "saasflows");
            json.WriteNumber("version", 1);
            json.WriteString("tenant_id", caller.TenantId.Value);
            json.WriteString("at", _time.GetUtcNow());
        });
        foreach (var table in await _database.QueryAsync(caller.Scope(), ExportTable.AllAsync, ct))
        {
            var pages = table.Name == Journal ? JournalAsync(caller.Scope(), table, lines, ct) : TableAsync(caller.Scope(), table, null, lines, ct);
            await foreach (var page in pages)
            {
                yield return page;
            }
        }

        // If this line is missing, the export is incomplete.
        lines.Write(json => json.WriteNumber("rows", lines.Rows));
        yield return lines.Take();
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> TableAsync(
        TenantScope scope,
        ExportTable table,
        ExportFilter? filter,
        ExportLines lines,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var at = ExportPlace.Start;
        while (at is { } place)
        {
            at = await _database.QueryAsync(scope, (connection, token) => table.ReadAsync(connection, filter, place, lines, token), ct);
            if (lines.IsFull)
            {
                yield return lines.Take();
            }
        }
    }

    // The journal has no index by tenant, so its rows are found by their executions.
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> JournalAsync(
        TenantScope scope,
        ExportTable table,
        ExportLines lines,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var ids = await ExecutionsAsync(scope, Guid.Empty, ct);
        while (ids.Length > 0)
        {
            var filter = new ExportFilter("execution_id = any ($1) and execution_id between $2 and $3", [ids, ids[0], ids[^1]]);
            await foreach (var page in TableAsync(scope, table, filter, lines, ct))
            {
                yield return page;
            }

            ids = await ExecutionsAsync(scope, ids[^1], ct);
        }
    }

    private Task<Guid[]> ExecutionsAsync(TenantScope scope, Guid after, CancellationToken ct) =>
        _database.QueryAsync(
            scope,
            async (connection, token) =>
            {
                await using var next = connection.Command(
                    "select id from engine.executions where tenant_id = tenancy.tenant() and id > $1 order by id limit $2",
                    after,
                    ExecutionsAtOnce
                );
                return (await next.ListAsync(row => row.GetGuid(0), token)).ToArray();
            },
            ct
        );
}
