using Npgsql;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Accounts.Tenants.Internal;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Tenants;

/// <summary>Writes all that a tenant has as JSON lines, a row at a time: memory does not grow with the tenant. Singleton.</summary>
public sealed class TenantExport
{
    private const int ExecutionsAtOnce = 500;

    // In seconds: a tenant's rows are found among everybody's.
    private const int LongestStatement = 600;
    private const string Journal = "engine.journal";

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal TenantExport(TenantDatabase database, AuditLog audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Says in the audit log that the export begins. Needs <see cref="Permission.ManageTenant"/> in the whole tenant.</summary>
    /// <returns>What writes the export to a stream, as far as that takes it.</returns>
    public async Task<AccountsResult<Func<Stream, CancellationToken, Task>>> BeginAsync(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Permission.ManageTenant) || !caller.Communities.IsWholeTenant)
        {
            return new AccountsError.PermissionDenied(Permission.ManageTenant);
        }

        await _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.TenantExported, new("tenant", $"{caller.TenantId}")), token);
            return true;
        }, ct);
        return new AccountsResult<Func<Stream, CancellationToken, Task>>.Done((output, token) => WriteAsync(caller, output, token));
    }

    private async Task WriteAsync(Caller caller, Stream output, CancellationToken ct) => await _database.QueryAsync(caller.Scope(), async (connection, token) =>
    {
        await using var lines = new ExportLines(output);
        await lines.WriteAsync(
            json =>
            {
                json.WriteString("export", "saasflows");
                json.WriteNumber("version", 1);
                json.WriteString("tenant_id", caller.TenantId.Value);
                json.WriteString("at", _time.GetUtcNow());
            },
            token);
        foreach (var table in await ExportTable.AllAsync(connection, token))
        {
            if (table.Name == Journal)
            {
                await WriteJournalAsync(connection, table, lines, token);
                continue;
            }

            await using var command = connection.Command($"select {table.Columns} from {table.Name}");
            command.CommandTimeout = LongestStatement;
            await lines.WriteRowsAsync(table.Name, command, token);
        }

        // Without this line the stream was cut off.
        await lines.WriteAsync(json => json.WriteNumber("rows", lines.Rows), token);
        return true;
    }, ct);

    // No index knows a journal's tenant: its rows are found by their executions.
    private static async Task WriteJournalAsync(NpgsqlConnection connection, ExportTable table, ExportLines lines, CancellationToken ct)
    {
        var after = Guid.Empty;
        while (true)
        {
            await using var next = connection.Command(
                "select id from engine.executions where tenant_id = tenancy.tenant() and id > $1 order by id limit $2", after, ExecutionsAtOnce);
            var ids = await next.ListAsync(row => row.GetGuid(0), ct);
            if (ids.Count == 0)
            {
                return;
            }

            await using var command = connection.Command(
                $"select {table.Columns} from {table.Name} where execution_id = any ($1) and execution_id between $2 and $3", ids.ToArray(), ids[0], ids[^1]);
            command.CommandTimeout = LongestStatement;
            await lines.WriteRowsAsync(table.Name, command, ct);
            after = ids[^1];
        }
    }
}
