using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>
/// Reads the journals of all followed executions of this process, with one query after each signal, and once a second in case a signal was lost. Runs
/// as long as there are readers. Readers were authorized before, so the tail checks no permissions.
/// </summary>
internal sealed partial class LiveTail : IAsyncDisposable
{
    private static readonly TimeSpan SafetyPoll = TimeSpan.FromSeconds(1);

    // Signals in the meantime are read together.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly JournalTail _journals;
    private readonly JournalFeed _feed;
    private readonly LiveLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveTail> _logger;
    private readonly Counter<long> _queries;
    private readonly Counter<long> _dropped;
    private readonly Lock _lock = new();
    private readonly Dictionary<(TenantId, ExecutionId), WatchedExecution> _watched = [];
    private readonly Channel<WatchedExecution> _news = Channel.CreateUnbounded<WatchedExecution>();
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private bool _isRunning;

    public LiveTail(JournalTail journals, JournalFeed feed, LiveLogOptions options, IMeterFactory meters, TimeProvider time, ILogger<LiveTail> logger)
    {
        (_journals, _feed, _options, _time, _logger) = (journals, feed, options, time, logger);
        (Turns, Held) = (new(options.MaxCatchingUp), new(options.MaxHeldBytes));
        var meter = meters.Create("SaaSFlows.LiveLogs");
        _queries = meter.CreateCounter<long>("saasflows.live.queries", null, "Looks at the journals of the executions that are followed here.");
        _dropped = meter.CreateCounter<long>("saasflows.live.dropped", null, "Readers of live logs that were sent away: too slow, or no room.");
    }

    /// <summary>The turns for reading stored journals.</summary>
    public CatchUpTurns Turns { get; }

    /// <summary>The bytes that are held for readers.</summary>
    public HeldBytes Held { get; }

    /// <summary>The number of disconnected readers.</summary>
    public long Dropped { get; private set; }

    /// <summary>Whether the loop runs.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _isRunning;
            }
        }
    }

    /// <summary>Whether the loop reads this execution.</summary>
    public bool IsFollowed(TenantId tenant, ExecutionId id)
    {
        lock (_lock)
        {
            return _watched.GetValueOrDefault((tenant, id))?.Position is not null;
        }
    }

    /// <summary>Adds a reader of an execution that the caller may see. The reader gets nothing before it is attached.</summary>
    public LiveReader Join(TenantId tenant, ExecutionId id)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue((tenant, id), out var execution))
            {
                execution = new(tenant, id, _options, Held.Begin(tenant));
                _watched.Add(execution.Key, execution);
                execution.News = _feed.Listen(FeedTopic.Execution(id), () => Note(execution));
            }

            execution.Readers++;
            if (!_isRunning)
            {
                _isRunning = true;
                _loop = Task.Run(() => RunAsync(_stop.Token));
            }

            return new(this, execution);
        }
    }

    /// <summary>
    /// Attaches a reader that has read everything stored (<see cref="LiveReader.TryAttach"/>). The first reader of an execution hands its state over
    /// to the tail.
    /// </summary>
    public bool TryAttach(LiveReader reader, StoredChanges stored)
    {
        var isAttached = reader.Execution.TryAttach(reader, stored.Seen, stored, out var isFirst);
        if (isFirst)
        {
            // This also covers events that were written since the reader read the journal.
            Note(reader.Execution);
        }

        return isAttached;
    }

    public void Leave(LiveReader reader)
    {
        var execution = reader.Execution;
        execution.Detach(reader);
        lock (_lock)
        {
            if (--execution.Readers == 0)
            {
                execution.Dispose();
                _watched.Remove(execution.Key);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Note(WatchedExecution execution)
    {
        if (execution.Enqueue())
        {
            _news.Writer.TryWrite(execution);
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        var (isFailing, lookedAtAll) = (false, _time.GetTimestamp());
        while (await NewsAsync(SafetyPoll - _time.GetElapsedTime(lookedAtAll), ct) is { } executions)
        {
            if (_time.GetElapsedTime(lookedAtAll) >= SafetyPoll)
            {
                (executions, lookedAtAll) = (All(), _time.GetTimestamp());
            }

            try
            {
                foreach (var some in executions.Chunk(JournalTail.MostJournals))
                {
                    await LookAsync(some, ct);
                }

                isFailing = false;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The next read of all executions makes up for it.
                if (!isFailing)
                {
                    Log.Failing(_logger, error);
                }

                isFailing = true;
            }

            await Task.Delay(Rest, _time, ct);
        }
    }

    /// <summary>
    /// Waits for executions with news, at most for <paramref name="longest"/>. Returns null if there are no readers any more, which ends the loop.
    /// </summary>
    private async Task<List<WatchedExecution>?> NewsAsync(TimeSpan longest, CancellationToken ct)
    {
        using (var deadline = new CancellationTokenSource(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, _time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token))
        {
            await ((Task)_news.Reader.WaitToReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ct.ThrowIfCancellationRequested();
        var executions = new List<WatchedExecution>();
        while (_news.Reader.TryRead(out var execution))
        {
            // Reset before the read, so that later writes count as news again.
            execution.Dequeued();
            executions.Add(execution);
        }

        lock (_lock)
        {
            _isRunning = _watched.Count > 0;
            return _isRunning ? executions : null;
        }
    }

    private List<WatchedExecution> All()
    {
        lock (_lock)
        {
            return [.. _watched.Values];
        }
    }

    private async Task LookAsync(WatchedExecution[] executions, CancellationToken ct)
    {
        var asked = executions
            .Select(execution => (Execution: execution, execution.Position))
            .Where(one => one.Position is not null)
            .DistinctBy(one => one.Execution)
            .ToList();
        if (asked.Count == 0)
        {
            return;
        }

        _queries.Add(1);
        var (place, writes, events) = (-1, 0, new List<JournalEvent>());
        await foreach (var write in _journals.ReadAsync([.. asked.Select(one => one.Position!.Value)], ct))
        {
            if (write.Place != place)
            {
                Tell();
                (place, writes, events) = (write.Place, 0, []);
            }

            events.AddRange(write.Events);
            writes++;
        }

        Tell();

        void Tell()
        {
            if (place >= 0)
            {
                Take(asked[place].Execution, events, isMore: writes == JournalTail.MostWrites);
            }
        }
    }

    private void Take(WatchedExecution execution, List<JournalEvent> events, bool isMore)
    {
        try
        {
            var dropped = execution.Take(events);
            if (dropped > 0)
            {
                Dropped += dropped;
                _dropped.Add(dropped);
            }

            if (isMore)
            {
                Note(execution);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // This affects only the readers of this execution.
            Log.Broken(_logger, execution.Key.Item2, error);
            execution.Fail(error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5501, Level = LogLevel.Warning, Message = "Can't read the journals that are followed live; trying on")]
        public static partial void Failing(ILogger logger, Exception error);

        [LoggerMessage(EventId = 5502, Level = LogLevel.Error, Message = "Can't follow execution {ExecutionId}: its journal does not fit its graph")]
        public static partial void Broken(ILogger logger, ExecutionId executionId, Exception error);
    }
}
