using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Journals in PostgreSQL. Concurrent appends are committed together.</summary>
internal sealed class PostgresJournal : IJournal, IAsyncDisposable
{
    private readonly ConnectionPool _engine;
    private readonly JournalFeed _feed;
    private readonly DueClock _due;
    private readonly ExecutionMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly GroupWriter<JournalAppend, AppendVerdict> _writer;

    public PostgresJournal(PostgresPools pools, JournalFeed feed, DueClock due, ExecutionMetrics metrics, TimeProvider clock)
    {
        _engine = pools.Engine;
        _feed = feed;
        _due = due;
        _metrics = metrics;
        _clock = clock;
        _writer = new(WriteAsync, append => append.Execution.Value, writers: 2);
    }

    public async ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct)
    {
        await using var connection = await _engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(JournalRows.After, connection);
        command.Parameters.AddValue(execution.Value);
        command.Parameters.AddValue(afterSeq);
        command.Parameters.AddValue(max);
        await command.PrepareAsync(ct);
        return (await JournalRows.ReadAfterAsync(command, afterSeq, max, ct)).Events;
    }

    public async ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct)
    {
        var verdict = await _writer.WriteAsync(append, ct);
        if (verdict == AppendVerdict.Written)
        {
            Tell(append);
        }
        else if (verdict == AppendVerdict.LostLease)
        {
            _metrics.LostLease();
        }

        return verdict;
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task<IReadOnlyList<AppendVerdict>> WriteAsync(IReadOnlyList<JournalAppend> appends)
    {
        var (found, hasEndings) = await AppendBatch.ExecuteAsync(_engine, appends, _clock.GetUtcNow());
        if (hasEndings)
        {
            _feed.Publish(FeedTopic.Endings);
        }

        return
        [
            .. appends.Select(a =>
                found.TryGetValue(a.Execution, out var written)
                    ? written
                        ? AppendVerdict.Written
                        : AppendVerdict.InboxNotEmpty
                    : AppendVerdict.LostLease
            ),
        ];
    }

    private void Tell(JournalAppend append)
    {
        _metrics.Left(append.Execution, append.Transition);
        _feed.Publish(FeedTopic.Execution(append.Execution));
        if (append.Transition is ExecutionTransition.Yield)
        {
            _feed.Publish(FeedTopic.Queue);
        }

        foreach (var bookmark in append.NewBookmarks)
        {
            _due.Expect(bookmark.Due);
        }
    }
}
