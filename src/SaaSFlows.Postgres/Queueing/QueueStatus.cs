using System.Diagnostics.Metrics;
using Npgsql;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>What waits in the whole installation, for those who watch it: one query, at most once in five seconds however many ask.</summary>
public sealed class QueueStatus
{
    // Each table holds only what lives. Where one has grown beyond the limit, how far beyond is of no use to anybody.
    private const string Sql = """
        select q.waiting, q.leased, q.oldest, i.waiting, i.oldest, e.waiting, e.oldest, b.waiting, b.oldest, l.waiting
        from
            (select count(*) filter (where available_at <= $1) as waiting, count(*) filter (where available_at > $1 and owner is not null) as leased,
                min(available_at) filter (where available_at <= $1) as oldest from (select available_at, owner from engine.queue limit 1000000) x) q,
            (select count(*) as waiting, min(at) as oldest from (select at from engine.inbox limit 1000000) x) i,
            (select count(*) as waiting, min(ended_at) as oldest from (select ended_at from engine.endings limit 1000000) x) e,
            (select count(*) as waiting, min(due) as oldest from (select due from engine.bookmarks where due <= $1 and not fired limit 1000000) x) b,
            (select count(*) as waiting from (select from engine.line where not running limit 1000000) x) l
        """;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private readonly ConnectionPool _engine;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private volatile QueueNumbers? _last;
    private Task<QueueNumbers>? _reading;

    internal QueueStatus(PostgresPools pools, IMeterFactory meters, TimeProvider clock)
    {
        (_engine, _clock) = (pools.Engine, clock);
        var meter = meters.Create("SaaSFlows.Queue");
        Observe(meter, "queue", "executions that wait for a worker", numbers => numbers.Queue);
        Observe(meter, "inbox", "facts that executions have not taken yet", numbers => numbers.Inbox);
        Observe(meter, "endings", "ends from which something has yet to follow (the outbox)", numbers => numbers.Endings);
        Observe(meter, "timers", "waits that are due and not fired", numbers => numbers.Timers);
        meter.CreateObservableGauge("saasflows.queue.leased", () => Values(numbers => numbers.Leased), null, "Executions that a worker has.");
        meter.CreateObservableGauge(
            "saasflows.line.depth",
            () => Values(numbers => numbers.Line),
            null,
            "Executions that wait for their workflow's concurrency limit."
        );
    }

    /// <summary>Not older than five seconds; an exception of Npgsql if the database does not answer.</summary>
    public Task<QueueNumbers> CurrentAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_last is { } last && _clock.GetUtcNow() - last.At < MaxAge)
            {
                return Task.FromResult(last);
            }

            // Whoever gives up waiting must not stop the query for the others.
            return (_reading ??= ReadAsync()).WaitAsync(ct);
        }
    }

    private async Task<QueueNumbers> ReadAsync()
    {
        await Task.Yield();
        try
        {
            var now = _clock.GetUtcNow();
            await using var connection = await _engine.OpenConnectionAsync(CancellationToken.None);
            await using var command = new NpgsqlCommand(Sql, connection);
            command.CommandTimeout = 5;
            command.Parameters.AddValue(now);
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            await reader.ReadAsync(CancellationToken.None);
            return _last = new QueueNumbers(
                now,
                At(reader, 0, 2),
                reader.GetInt64(1),
                At(reader, 3, 4),
                At(reader, 5, 6),
                At(reader, 7, 8),
                reader.GetInt64(9)
            );
        }
        finally
        {
            lock (_lock)
            {
                _reading = null;
            }
        }
    }

    private static Waiting At(NpgsqlDataReader reader, int count, int oldest) =>
        new(reader.GetInt64(count), reader.IsDBNull(oldest) ? null : reader.GetFieldValue<DateTimeOffset>(oldest));

    private void Observe(Meter meter, string name, string what, Func<QueueNumbers, Waiting> part)
    {
        meter.CreateObservableGauge($"saasflows.{name}.depth", () => Values(numbers => part(numbers).Count), null, $"How many {what}.");
        meter.CreateObservableGauge(
            $"saasflows.{name}.oldest.age",
            () => Values(numbers => part(numbers).Oldest is { } oldest ? Math.Max((_clock.GetUtcNow() - oldest).TotalSeconds, 0) : 0),
            "s",
            $"Age of the oldest of {what}."
        );
    }

    // Nothing rather than something old: a gauge that stands still looks like a queue that stands still.
    private IEnumerable<Measurement<T>> Values<T>(Func<QueueNumbers, T> value)
        where T : struct => _last is { } last && _clock.GetUtcNow() - last.At < 2 * MaxAge ? [new(value(last))] : [];
}

/// <summary>What waits, when it was read.</summary>
/// <param name="Queue">Executions that wait for a worker, those of silent processes included.</param>
/// <param name="Leased">Executions that a worker has.</param>
/// <param name="Endings">Ends from which something has yet to follow.</param>
/// <param name="Timers">Waits that are due and have not fired.</param>
/// <param name="Line">Executions that wait for their workflow's concurrency limit.</param>
public sealed record QueueNumbers(DateTimeOffset At, Waiting Queue, long Leased, Waiting Inbox, Waiting Endings, Waiting Timers, long Line);

/// <summary>How many, and since when the first of them; null if there is none.</summary>
public sealed record Waiting(long Count, DateTimeOffset? Oldest);
