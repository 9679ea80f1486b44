using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>
/// Spends the limits of busy webhooks from memory: slices that this process has taken ahead and counted already (engine.take_slice). What is not
/// spent in time is given back. A request without a slice is decided about by the accept statement.
/// </summary>
internal sealed partial class RateSlices : IAsyncDisposable
{
    // Fewer deliveries of a webhook in one batch are no reason to take more than they need.
    private const int BusyBatch = 4;
    private const int LargestSlice = 20_000;
    private const string TakeSql = "select granted, slot, seconds, most, rate_left, frees_at from engine.take_slice($1, $2, $3, $4, $5, $6, $7, $8)";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forget = TimeSpan.FromSeconds(10);

    private readonly PostgresPools _pools;
    private readonly TimeProvider _clock;
    private readonly ILogger<RateSlices> _logger;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _taking = new(1);
    private readonly Dictionary<Guid, RateSlice> _current = [];
    private readonly List<RateSlice> _kept = [];
    private readonly ITimer _timer;

    public RateSlices(PostgresPools pools, TimeProvider clock, ILogger<RateSlices> logger)
    {
        (_pools, _clock, _logger) = (pools, clock, logger);
        _timer = clock.CreateTimer(_ => _ = GiveBackAsync(clock.GetUtcNow()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Pays for the deliveries of a batch; null for those that are left to the accept statement. Give back what was not accepted.</summary>
    public async ValueTask<PaidUnit?[]> SpendAsync(NpgsqlConnection connection, IReadOnlyList<NewExecution> executions, DateTimeOffset now)
    {
        var paid = new PaidUnit?[executions.Count];
        foreach (
            var group in executions
                .Index()
                .Where(x => x.Item is { Webhook: not null, WebhookRevision: not null })
                .GroupBy(x => new Rules(x.Item.Webhook!.Value.Value, x.Item.WebhookRevision!.Value), x => x.Index)
        )
        {
            var places = new Queue<int>(group);
            Spend(group.Key, places, now, paid);
            if (places.Count >= BusyBatch)
            {
                await _taking.WaitAsync();
                try
                {
                    // Another batch may have taken meanwhile.
                    Spend(group.Key, places, now, paid);
                    if (places.Count > 0 && await TakeAsync(connection, group.Key, places.Count, now))
                    {
                        Spend(group.Key, places, now, paid);
                    }
                }
                finally
                {
                    _taking.Release();
                }
            }
        }

        return paid;
    }

    /// <summary>What a unit paid for has started nothing.</summary>
    public void GiveBack(PaidUnit unit)
    {
        lock (_lock)
        {
            unit.Slice.Left++;
        }
    }

    /// <summary>Gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await GiveBackAsync(DateTimeOffset.MaxValue);
        _taking.Dispose();
    }

    private void Spend(Rules rules, Queue<int> places, DateTimeOffset now, PaidUnit?[] paid)
    {
        lock (_lock)
        {
            if (_current.TryGetValue(rules.Webhook, out var slice) && slice.Rules == rules && now < slice.ValidUntil)
            {
                while (slice.Left > 0 && places.TryDequeue(out var place))
                {
                    slice.Left--;
                    paid[place] = new(slice, new RateStanding(slice.Most, slice.LeftInWindow + slice.Left, slice.FreesAt));
                }
            }
        }
    }

    private async Task<bool> TakeAsync(NpgsqlConnection connection, Rules rules, int need, DateTimeOffset now)
    {
        var (old, unspent) = TakeOld(rules.Webhook);
        // One that was used up before its time was too small; of one that ran out of time only what was spent is needed again.
        var want = old is null ? need : Math.Min(now < old.ValidUntil ? 2 * old.Size : old.Size - unspent + need, LargestSlice);
        await using var command = Command(rules, need, Math.Max(want, need), unspent, old, now);
        command.Connection = connection;
        await command.PrepareAsync(CancellationToken.None);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        if (!await reader.ReadAsync(CancellationToken.None) || reader.GetInt32(0) is not (> 0 and var size))
        {
            return false;
        }

        Keep(
            new RateSlice(rules, size, reader.GetInt64(1), reader.GetInt32(2), now)
            {
                Left = size,
                Most = reader.GetInt32(3),
                LeftInWindow = reader.GetInt32(4),
                FreesAt = reader.GetFieldValue<DateTimeOffset>(5),
            }
        );
        return true;
    }

    private (RateSlice? Slice, int Unspent) TakeOld(Guid webhook)
    {
        lock (_lock)
        {
            if (!_current.TryGetValue(webhook, out var old))
            {
                return default;
            }

            var unspent = old.Left;
            old.Left = 0;
            return (old, unspent);
        }
    }

    private void Keep(RateSlice slice)
    {
        lock (_lock)
        {
            if (_kept.Count == 0)
            {
                _timer.Change(Tick, Tick);
            }

            _kept.Add(slice);
            _current[slice.Rules.Webhook] = slice;
        }
    }

    private async Task GiveBackAsync(DateTimeOffset now)
    {
        foreach (var (slice, unspent) in TakeExpired(now))
        {
            try
            {
                await using var connection = await _pools.Engine.OpenConnectionAsync(CancellationToken.None);
                await using var command = Command(slice.Rules, 0, 0, unspent, slice, _clock.GetUtcNow());
                command.Connection = connection;
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or ObjectDisposedException)
            {
                // It counts until the window has passed.
                Log.NotGivenBack(_logger, error);
            }
        }
    }

    // Slices are kept for a while: a delivery that one has paid for may be refused late, and the next slice of a webhook is sized by its last one.
    private List<(RateSlice Slice, int Unspent)> TakeExpired(DateTimeOffset now)
    {
        var expired = new List<(RateSlice, int)>();
        lock (_lock)
        {
            foreach (var slice in _kept.Where(slice => now >= slice.ValidUntil && (slice.Left > 0 || !slice.IsSettled)))
            {
                expired.Add((slice, slice.Left));
                (slice.Left, slice.IsSettled) = (0, true);
            }

            foreach (var old in _kept.Where(slice => now - slice.ValidUntil >= Forget && _current.GetValueOrDefault(slice.Rules.Webhook) == slice))
            {
                _current.Remove(old.Rules.Webhook);
            }

            _kept.RemoveAll(slice => now - slice.ValidUntil >= Forget);
            if (_kept.Count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        return expired;
    }

    private static NpgsqlCommand Command(Rules rules, int need, int want, int unspent, RateSlice? old, DateTimeOffset now) =>
        new(TakeSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid> { TypedValue = rules.Webhook },
                new NpgsqlParameter<int> { TypedValue = rules.Revision },
                new NpgsqlParameter<int> { TypedValue = need },
                new NpgsqlParameter<int> { TypedValue = want },
                new NpgsqlParameter<int> { TypedValue = unspent },
                new NpgsqlParameter<long> { TypedValue = old?.Slot ?? 0 },
                new NpgsqlParameter<int> { TypedValue = old?.Seconds ?? 0 },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
            },
        };

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3240,
            Level = LogLevel.Warning,
            Message = "What was taken of webhooks' limits and not spent could not be given back"
        )]
        public static partial void NotGivenBack(ILogger logger, Exception error);
    }
}

/// <summary>A delivery that a slice has paid for.</summary>
/// <param name="Standing">How near its webhook is to its limit.</param>
internal sealed record PaidUnit(RateSlice Slice, RateStanding Standing);

/// <summary>Deliveries that this process may take of a webhook without asking.</summary>
/// <param name="rules">Under other ones it is worth nothing.</param>
/// <param name="slot">Where it is counted.</param>
/// <param name="seconds">The window.</param>
internal sealed class RateSlice(Rules rules, int size, long slot, int seconds, DateTimeOffset takenAt)
{
    public Rules Rules => rules;

    public int Size => size;

    public long Slot => slot;

    public int Seconds => seconds;

    /// <summary>A slot after it was taken.</summary>
    public DateTimeOffset ValidUntil { get; } = takenAt + (TimeSpan.FromSeconds(seconds) / 60);

    public int Left { get; set; }

    /// <summary>The limit.</summary>
    public required int Most { get; init; }

    /// <summary>What the window still has besides, as far as is known.</summary>
    public required int LeftInWindow { get; init; }

    public required DateTimeOffset FreesAt { get; init; }

    /// <summary>What was left after its time has been given back.</summary>
    public bool IsSettled { get; set; }
}

/// <summary>A webhook as it was when a delivery was checked against its rules.</summary>
internal readonly record struct Rules(Guid Webhook, int Revision);
