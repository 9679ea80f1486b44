using Npgsql;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Incidents;

/// <summary>Reads what went wrong in an execution from its journal; an index leads to the failures only.</summary>
public sealed class FindIncidents(FindExecutions find, TenantDatabase database)
{
    // Literals, and the same as the index's: so that it is used.
    private const string Failures = "from engine.journal where execution_id = $1 and kind in (4, 11)";

    /// <summary>Incidents after the event number <paramref name="after"/>, oldest first.</summary>
    public async Task<Result<Incident[]>> RunAsync(Caller caller, ExecutionId id, long after, int max, CancellationToken ct) =>
        await find.SummaryAsync(caller, id, ct) is null
            ? new AutomationError.NotFound("execution")
            : await ReadAsync(caller.Scope(), id, $"select {JournalRows.Columns} {Failures} and seq > $2 order by seq limit $3", after, max, ct);

    /// <summary>The newest incidents, oldest of them first.</summary>
    internal async Task<IReadOnlyList<Incident>> NewestAsync(TenantScope scope, ExecutionId id, int max, CancellationToken ct) =>
        [.. (await ReadAsync(scope, id, $"select {JournalRows.Columns} {Failures} and seq > $2 order by seq desc limit $3", 0, max, ct)).AsEnumerable().Reverse()];

    private Task<Incident[]> ReadAsync(TenantScope scope, ExecutionId id, string sql, long after, int max, CancellationToken ct) =>
        database.QueryAsync<Incident[]>(scope, async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
            return [.. (await JournalRows.ReadAsync(command, cancel)).Select(Incident.From).OfType<Incident>()];
        }, ct);
}
