using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Sums up the executions of the last 30 days.</summary>
public sealed class CountExecutions(TenantDatabase database, TimeProvider time)
{
    private const string Workflows = "select id from automation.workflows where tenant_id = tenancy.tenant() and ($2::uuid is null or id = $2)";

    // Counts use an index. Times are computed from this many rows.
    private const string Newest = """
        select id, status, created_at, ended_at from engine.executions
        where tenant_id = tenancy.tenant() and id >= engine.uuid_at($1)
        """;

    /// <summary>The period that is counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    /// <param name="workflow">A workflow that the caller can see; null for all of them.</param>
    public Task<ExecutionCounts> RunAsync(Caller caller, WorkflowId? workflow, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                var since = time.GetUtcNow() - Window;
                var byStatus = await CountAsync(connection, workflow, since, cancel);
                await using var command = connection.Command(
                    $"""
                    select avg(extract(epoch from ended_at - created_at))::float8, (array_agg(id order by id desc))[1],
                    (array_agg(status order by id desc))[1],
                        (array_agg(created_at order by id desc))[1]
                    from ({Newest} {(workflow is null ? "" : "and workflow_id = $2")} order by id desc limit 1000) newest
                    """,
                    workflow is { } one ? [since, one.Value] : [since]
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                await reader.ReadAsync(cancel);
                return new ExecutionCounts(
                    since,
                    byStatus,
                    reader.IsDBNull(0) ? null : TimeSpan.FromSeconds(reader.GetDouble(0)),
                    reader.IsDBNull(1)
                        ? null
                        : new LastExecution(
                            new ExecutionId(reader.GetGuid(1)),
                            (ExecutionStatus)reader.GetInt16(2),
                            reader.GetFieldValue<DateTimeOffset>(3)
                        )
                );
            },
            ct
        );

    private static async Task<Dictionary<ExecutionStatus, long>> CountAsync(
        NpgsqlConnection connection,
        WorkflowId? workflow,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(
            $"select status, executions from engine.count_executions(array({Workflows}), $1)",
            since,
            workflow?.Value
        );
        var found = new Dictionary<ExecutionStatus, long>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found[(ExecutionStatus)reader.GetInt16(0)] = reader.GetInt64(1);
        }

        return found;
    }
}

/// <summary>Statistics of executions.</summary>
/// <param name="Since">The beginning of the period.</param>
/// <param name="ByStatus">Counts by status. A missing status means 0.</param>
/// <param name="AverageDuration">The average over the ended ones among the newest 1,000; null for none.</param>
/// <param name="Last">The newest; null for none.</param>
public sealed record ExecutionCounts(
    DateTimeOffset Since,
    IReadOnlyDictionary<ExecutionStatus, long> ByStatus,
    TimeSpan? AverageDuration,
    LastExecution? Last
)
{
    public long Of(params ReadOnlySpan<ExecutionStatus> statuses)
    {
        var sum = 0L;
        foreach (var status in statuses)
        {
            sum += ByStatus.GetValueOrDefault(status);
        }

        return sum;
    }
}

/// <summary>The newest execution.</summary>
public sealed record LastExecution(ExecutionId Id, ExecutionStatus Status, DateTimeOffset StartedAt);
