using Npgsql;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>
/// Keeps workflows to their limit of concurrent executions, whichever processes accept and run them. Accepts and ends of one workflow pass one by one
/// under an advisory lock; workflows without a limit never come here.
/// </summary>
public sealed class ConcurrencyLine : IDisposable
{
    private const string LockSql = "select pg_advisory_xact_lock(hashtextextended($1::text, 8))";

    private const string StandingSql = """
        select count(*) filter (where running), count(*) filter (where not running),
            coalesce(array_agg(execution_id order by place) filter (where not leaving), '{}')
        from engine.line where workflow_id = $1
        """;

    private const string KnownSql =
        "select exists (select from engine.deduplication where tenant_id = $1 and source = $2 and event_key = $3 and expires_at > $4)";

    private const string EnterSql = """
        insert into engine.line (execution_id, tenant_id, community_id, workflow_id, at_once, running, under)
        values ($1, $2, $3, $4, $5, $6, nullif($7::uuid[], '{}'))
        """;

    private const string AskSql = "update engine.line set leaving = true where execution_id = $1";
    private const string LeaveSql = "delete from engine.line where execution_id = $1";

    // The newest place's limit is that of the version that is in use.
    private const string AdvanceSql = """
        with free as (
            select coalesce((select at_once from engine.line where workflow_id = $1 order by place desc limit 1), 0) - count(*) as places
            from engine.line where workflow_id = $1 and running
        ),
        next as materialized (
            -- One that was cancelled while it waited has ended, and stands here until its end is seen to: it must not begin again. The lock makes its
            -- end and its turn see each other; if it ends at this moment, its own leaving lets the next one in.
            select l.execution_id, l.tenant_id from engine.line l join engine.executions e on e.id = l.execution_id
            where l.workflow_id = $1 and not l.running and not l.leaving and e.status < 4
            order by l.place limit (select greatest(places, 0) from free)
            for no key update of e
        ),
        entered as (
            update engine.line l set running = true from next n where l.execution_id = n.execution_id
        ),
        queued as (
            -- One that was asked to cancel while it waited is queued already.
            insert into engine.queue (execution_id, tenant_id, available_at, enqueued_at) select execution_id, tenant_id, $2, $2 from next on conflict
            do nothing
        )
        select count(*) from next
        """;

    private const int MaxTries = 8;

    // Who waits for the lock holds a connection: not more of them than the journal can spare.
    private readonly SemaphoreSlim _doors = new(8);
    private readonly ConnectionPool _engine;
    private readonly JournalFeed _feed;
    private readonly TimeProvider _clock;

    internal ConcurrencyLine(PostgresPools pools, JournalFeed feed, TimeProvider clock) => (_engine, _feed, _clock) = (pools.Engine, feed, clock);

    public void Dispose() => _doors.Dispose();

    /// <summary>Gives an ended execution's place to the next ones. Safe to repeat.</summary>
    public async Task LeaveAsync(WorkflowId workflow, ExecutionId execution, CancellationToken ct)
    {
        var entered = await RunAsync(
            workflow,
            async connection =>
            {
                await ExecuteAsync(connection.Command(LeaveSql, execution.Value), ct);
                return await AdvanceAsync(connection, workflow);
            },
            ct
        );
        if (entered > 0)
        {
            _feed.Publish(FeedTopic.Queue);
        }
    }

    /// <summary>Accepts within the limit, or has it wait, or refuses.</summary>
    /// <param name="accept">The accept statement on a connection; true keeps what it accepts out of the queue.</param>
    internal Task<AcceptVerdict> AcceptAsync(NewExecution execution, Func<NpgsqlConnection, NewExecution, bool, Task<AcceptVerdict>> accept) =>
        RunAsync(
            execution.Ref.Workflow,
            async connection =>
            {
                var limit = execution.Concurrency!;
                var (running, waiting, staying) = await StandingAsync(connection, execution.Ref.Workflow);
                var above = await NestedPlaces.HeldAboveAsync(connection, execution.Ref.Tenant, execution.Parent);
                var isFree = running < limit.Limit && waiting == 0;
                if (!isFree && limit.Policy != ConcurrencyPolicy.Skip && above.Workflows.Length > 0)
                {
                    isFree = await NestedPlaces.WouldCircleAsync(connection, execution.Ref.Tenant, execution.Ref.Workflow, above.Workflows);
                }

                if (!isFree && limit.Policy == ConcurrencyPolicy.Skip && !await IsKnownAsync(connection, execution))
                {
                    return new AcceptVerdict.LimitReached();
                }

                var verdict = await accept(connection, execution with { Lease = null }, !isFree);
                if (verdict is not AcceptVerdict.Accepted accepted)
                {
                    return verdict;
                }

                await EnterAsync(connection, execution, isFree, above.Workflows);
                // Those that wait for it are never pushed out by it.
                var leaving =
                    limit.Policy == ConcurrencyPolicy.CancelOldest
                        ? staying.Except(above.Executions).Take(Math.Max(0, staying.Length + 1 - limit.Limit)).ToArray()
                        : [];
                foreach (var oldest in leaving)
                {
                    await AskToLeaveAsync(connection, new(oldest));
                }

                if (!isFree && running < limit.Limit)
                {
                    // The limit is higher than when the others came.
                    await AdvanceAsync(connection, execution.Ref.Workflow);
                }

                return leaving.Length == 0 ? accepted : accepted with { AskedToCancel = [.. leaving.Select(id => new ExecutionId(id))] };
            },
            CancellationToken.None
        );

    private async Task<long> AdvanceAsync(NpgsqlConnection connection, WorkflowId workflow) =>
        (long)(await ScalarAsync(connection.Command(AdvanceSql, workflow.Value, _clock.GetUtcNow()), CancellationToken.None))!;

    private static async Task<(long Running, long Waiting, Guid[] Staying)> StandingAsync(NpgsqlConnection connection, WorkflowId workflow)
    {
        await using var command = connection.Command(StandingSql, workflow.Value);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<Guid[]>(2));
    }

    private async Task<bool> IsKnownAsync(NpgsqlConnection connection, NewExecution execution) =>
        execution.Event is { } known
        && (bool)
            (
                await ScalarAsync(
                    connection.Command(KnownSql, execution.Ref.Tenant.Value, known.Source, known.Key, _clock.GetUtcNow()),
                    CancellationToken.None
                )
            )!;

    private static Task EnterAsync(NpgsqlConnection connection, NewExecution execution, bool runs, Guid[] under)
    {
        var started = execution.Ref;
        return ExecuteAsync(
            connection.Command(
                EnterSql,
                started.Id.Value,
                started.Tenant.Value,
                started.Community.Value,
                started.Workflow.Value,
                execution.Concurrency!.Limit,
                runs,
                under
            ),
            CancellationToken.None
        );
    }

    private async Task AskToLeaveAsync(NpgsqlConnection connection, ExecutionId oldest)
    {
        await ExecuteAsync(connection.Command(AskSql, oldest.Value), CancellationToken.None);
        var cancel = JournalBodies.Cancel("concurrency", "A newer execution took its place.");
        await ExecuteAsync(Inbox.Deliver(connection, null, oldest, InboxFactKind.Cancel, null, cancel, _clock.GetUtcNow()), CancellationToken.None);
    }

    // Statement after statement: what is counted after the lock includes what its last holder committed.
    private async Task<T> RunAsync<T>(WorkflowId workflow, Func<NpgsqlConnection, Task<T>> work, CancellationToken ct)
    {
        await _doors.WaitAsync(ct);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await using var connection = await _engine.OpenConnectionAsync(ct);
                    await using var transaction = await connection.BeginTransactionAsync(ct);
                    await ExecuteAsync(connection.Command(LockSql, workflow.Value), ct);
                    var result = await work(connection);
                    await transaction.CommitAsync(CancellationToken.None);
                    return result;
                }
                catch (PostgresException e) when (attempt < MaxTries && e.SqlState == PostgresErrorCodes.DeadlockDetected)
                {
                    // The server chose us to give way: nothing was written.
                }
            }
        }
        finally
        {
            _doors.Release();
        }
    }

    private static async Task ExecuteAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var disposed = command;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<object?> ScalarAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var disposed = command;
        return await command.ExecuteScalarAsync(ct);
    }
}
