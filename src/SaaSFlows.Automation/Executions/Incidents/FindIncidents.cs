using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions.Incidents;

/// <summary>Reads the incidents of an execution from its journal, with an index of the failures.</summary>
public sealed class FindIncidents(FindExecutions find, TenantDatabase database)
{
    private const string Failures =
        $"select {JournalRows.Columns} from engine.journal where execution_id = $1 and failures and seq + events > $2 + 1 order by seq";

    /// <summary>Returns the incidents after the event number <paramref name="after"/>, oldest first.</summary>
    public async Task<Result<Incident[]>> RunAsync(Caller caller, ExecutionId id, long after, int max, CancellationToken ct) =>
        await find.SummaryAsync(caller, id, ct) is null
            ? new AutomationError.NotFound("execution")
            : (await ReadAsync(caller.Scope(), id, $"{Failures} limit $3", after, max, ct)).Take(max).ToArray();

    /// <summary>Returns the newest incidents, the oldest of them first.</summary>
    internal async Task<IReadOnlyList<Incident>> NewestAsync(TenantScope scope, ExecutionId id, int max, CancellationToken ct) =>
        [.. (await ReadAsync(scope, id, $"{Failures} desc limit $3", 0, max, ct)).OrderBy(incident => incident.Seq).TakeLast(max)];

    // Each row holds at least one, except that the last may hold only the execution's own failure.
    private Task<IEnumerable<Incident>> ReadAsync(TenantScope scope, ExecutionId id, string sql, long after, int max, CancellationToken ct) =>
        database.QueryAsync(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(sql, id.Value, after, max + 1);
                var events = await JournalRows.ReadAsync(command, cancel);
                return events.Where(recorded => recorded.Seq > after).Select(Incident.From).OfType<Incident>();
            },
            ct
        );
}
