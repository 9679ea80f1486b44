using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Ends of executions from which something follows: each is handed out until it is done, at least once.</summary>
public sealed class EndingQueue
{
    private const string ClaimSql = """
        with picked as materialized (
            select execution_id from engine.endings where available_at <= $1 order by available_at limit $2 for update skip locked
        )
        update engine.endings d set available_at = $3 from picked p where d.execution_id = p.execution_id
        returning d.execution_id, d.tenant_id, d.community_id, d.workflow_id, d.on_end, d.status, d.ended_at, d.attempts + 1
        """;

    private const string DoneSql = "delete from engine.endings where execution_id = $1";
    private const string LaterSql = "update engine.endings set available_at = $2, attempts = attempts + 1 where execution_id = $1";

    private readonly ConnectionPool _engine;
    private readonly TimeProvider _clock;

    internal EndingQueue(PostgresPools pools, TimeProvider clock) => (_engine, _clock) = (pools.Engine, clock);

    /// <summary>
    /// Takes up to <paramref name="max"/>, the oldest first; who is not done after <paramref name="patience"/> loses them to others.
    /// </summary>
    public async Task<IReadOnlyList<Ending>> ClaimAsync(int max, TimeSpan patience, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        await using var connection = await _engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(ClaimSql, connection);
        command.Parameters.AddValue(now);
        command.Parameters.AddValue(max);
        command.Parameters.AddValue(now + patience);
        var claimed = new List<Ending>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claimed.Add(
                new(
                    new(reader.GetGuid(0)),
                    new(reader.GetGuid(1)),
                    new(reader.GetInt64(2)),
                    new(reader.GetGuid(3)),
                    (EndingFlags)reader.GetInt16(4),
                    (ExecutionStatus)reader.GetInt16(5),
                    reader.GetFieldValue<DateTimeOffset>(6),
                    reader.GetInt32(7)
                )
            );
        }

        return claimed;
    }

    /// <summary>All has followed.</summary>
    public async Task DoneAsync(ExecutionId execution, CancellationToken ct)
    {
        await using var connection = await _engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(DoneSql, connection);
        command.Parameters.AddValue(execution.Value);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Not done: tried again after <paramref name="pause"/>.</summary>
    public async Task LaterAsync(ExecutionId execution, TimeSpan pause, CancellationToken ct)
    {
        await using var connection = await _engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(LaterSql, connection);
        command.Parameters.AddValue(execution.Value);
        command.Parameters.AddValue(_clock.GetUtcNow() + pause);
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>An execution ended, and something follows.</summary>
/// <param name="Attempt">One more than it has failed.</param>
public sealed record Ending(
    ExecutionId Execution,
    TenantId Tenant,
    CommunityId Community,
    WorkflowId Workflow,
    EndingFlags Flags,
    ExecutionStatus Status,
    DateTimeOffset EndedAt,
    int Attempt
);
