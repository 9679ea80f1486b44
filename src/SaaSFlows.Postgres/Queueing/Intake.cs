using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Puts new executions on disk. Concurrent ones are committed together; one refused or broken costs its neighbours nothing.</summary>
public sealed class Intake : IAcceptance, IAsyncDisposable
{
    private readonly ConnectionPool _engine;
    private readonly ConcurrencyLine _line;
    private readonly JournalFeed _feed;
    private readonly DueClock _due;
    private readonly ExecutionMetrics _metrics;
    private readonly RateSlices _slices;
    private readonly TimeProvider _clock;
    private readonly BusyTenants _busy;
    private readonly GroupWriter<NewExecution, AcceptVerdict> _writer;
    private readonly GroupWriter<NewExecution, AcceptVerdict> _quick;

    internal Intake(
        PostgresPools pools,
        ConcurrencyLine line,
        JournalFeed feed,
        DueClock due,
        ExecutionMetrics metrics,
        RateSlices slices,
        TimeProvider clock
    )
    {
        _engine = pools.Engine;
        _line = line;
        _feed = feed;
        _due = due;
        _metrics = metrics;
        _slices = slices;
        _clock = clock;
        // The server has as many cores as we, or fewer.
        _writer = new(WriteAsync, key: null, writers: Math.Clamp(Environment.ProcessorCount, 1, 4));
        // A tenant that has little to write does not wait for the large batches of those that have much.
        _quick = new(WriteAsync, key: null, writers: 1);
        _busy = new(clock);
    }

    /// <inheritdoc/>
    public async Task<AcceptVerdict> AcceptAsync(NewExecution execution, CancellationToken ct)
    {
        var verdict = execution.Concurrency is null ? await WriteInGroupAsync(execution, ct) : await _line.AcceptAsync(execution, WriteOneAsync);
        if (verdict is AcceptVerdict.Accepted)
        {
            Tell(execution);
        }

        return verdict;
    }

    /// <summary>Refuses new executions and writes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _quick.DisposeAsync();
        await _slices.DisposeAsync();
    }

    private async Task<AcceptVerdict> WriteInGroupAsync(NewExecution execution, CancellationToken ct)
    {
        var tenant = execution.Ref.Tenant;
        try
        {
            return await (_busy.Enter(tenant) ? _writer : _quick).WriteAsync(execution, ct);
        }
        finally
        {
            _busy.Leave(tenant);
        }
    }

    private async Task<AcceptVerdict> WriteOneAsync(NpgsqlConnection connection, NewExecution execution, bool held)
    {
        var (verdicts, _) = await AcceptBatch.ExecuteAsync(connection, [execution], [null], held, _clock.GetUtcNow());
        return verdicts[0];
    }

    private async Task<IReadOnlyList<AcceptVerdict>> WriteAsync(IReadOnlyList<NewExecution> executions)
    {
        await using var connection = await _engine.OpenConnectionAsync(CancellationToken.None);
        var now = _clock.GetUtcNow();
        var paid = await _slices.SpendAsync(connection, executions, now);
        var (verdicts, hasEndings) = await AcceptAsync(connection, executions, paid, now);
        for (var i = 0; i < verdicts.Count; i++)
        {
            if (paid[i] is { } unit && verdicts[i] is not AcceptVerdict.Accepted)
            {
                _slices.GiveBack(unit);
            }
        }

        if (hasEndings)
        {
            _feed.Publish(FeedTopic.Endings);
        }

        return verdicts;
    }

    private async Task<(IReadOnlyList<AcceptVerdict> Verdicts, bool HasEndings)> AcceptAsync(
        NpgsqlConnection connection,
        IReadOnlyList<NewExecution> executions,
        PaidUnit?[] paid,
        DateTimeOffset now
    )
    {
        try
        {
            return await AcceptBatch.ExecuteAsync(connection, executions, paid, held: false, now);
        }
        catch (PostgresException)
        {
            // The server has undone it, and the batch is written again in parts: nobody pays twice. After a broken connection it may have been done.
            foreach (var unit in paid.OfType<PaidUnit>())
            {
                _slices.GiveBack(unit);
            }

            throw;
        }
    }

    private void Tell(NewExecution execution)
    {
        _metrics.Started();
        _metrics.Left(execution.Ref.Id, execution.Ran?.Transition);
        if (execution.Lease is null || execution.Ran?.Transition is ExecutionTransition.Yield)
        {
            _feed.Publish(FeedTopic.Queue);
        }

        foreach (var bookmark in execution.Ran?.NewBookmarks ?? [])
        {
            _due.Expect(bookmark.Due);
        }
    }
}
