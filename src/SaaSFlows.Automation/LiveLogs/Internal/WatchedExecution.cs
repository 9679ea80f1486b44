using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>An execution that is followed in this process, with one projection for all readers.</summary>
internal sealed class WatchedExecution(TenantId tenant, ExecutionId id, LiveLogOptions options, HeldBytes.Share held) : IDisposable
{
    // The approximate size of an event without its body.
    private const int EventBytes = 500;

    private readonly Lock _lock = new();
    private readonly List<LiveReader> _attached = [];
    private ExecutionProjection? _projection;
    private LiveBatch _last = new([], 0, isEnd: false, 0, 0);
    private int _isQueued;

    /// <summary>The number of readers; guarded by the lock of the tail.</summary>
    public int Readers { get; set; }

    public FeedListener? News { get; set; }

    public (TenantId, ExecutionId) Key => (tenant, id);

    /// <summary>The event after which the tail continues; null before a reader has caught up and after the end.</summary>
    public TailPosition? Position
    {
        get
        {
            lock (_lock)
            {
                return _projection is null || _last.IsEnd || _last.Next.IsFaulted ? null : new(tenant, id, _last.Position);
            }
        }
    }

    /// <summary>Marks that there is news. Returns true for the first call until the news is read.</summary>
    public bool Enqueue() => Interlocked.Exchange(ref _isQueued, 1) == 0;

    public void Dequeued() => Volatile.Write(ref _isQueued, 0);

    /// <summary>See <see cref="LiveReader.TryAttach"/>.</summary>
    /// <param name="stored">The state of the reader. The first reader that catches up hands it over. Null if it has none.</param>
    /// <param name="isFirst">Whether the tail has to read this execution from now on.</param>
    public bool TryAttach(LiveReader reader, long seen, StoredChanges? stored, out bool isFirst)
    {
        lock (_lock)
        {
            isFirst = _projection is null && stored is not null;
            if (isFirst)
            {
                held.TakeOver(stored!.Held);
                (_projection, _last) = (stored.Projection, new([], seen, isEnd: false, 0, 0));
            }

            if (_projection is null || seen < _last.Position)
            {
                return false;
            }

            reader.Attach(_last);
            _attached.Add(reader);
            return true;
        }
    }

    public void Detach(LiveReader reader)
    {
        lock (_lock)
        {
            _attached.Remove(reader);
        }
    }

    /// <summary>
    /// Adds the next events and passes them to the readers. Disconnects readers that have not read the events before, and all readers if there is no
    /// room.
    /// </summary>
    /// <returns>The number of disconnected readers.</returns>
    /// <exception cref="InvalidOperationException">The journal is broken.</exception>
    public int Take(IReadOnlyList<JournalEvent> events)
    {
        lock (_lock)
        {
            var (changes, position, isEnd, bytes) = (new List<LiveUpdate.Changed>(), _last.Position, _last.IsEnd, 0L);
            if (_projection is null)
            {
                return 0;
            }

            foreach (var recorded in events.Where(recorded => recorded.Seq > _last.Position))
            {
                position =
                    recorded.Seq == position + 1
                        ? recorded.Seq
                        : throw new InvalidOperationException($"After event {position} of {id} comes {recorded.Seq}.");
                var changed = _projection.Apply(recorded);
                changes.AddRange(changed.Select((change, index) => new LiveUpdate.Changed(change, IsLastOfEvent: index == changed.Count - 1)));
                isEnd |= recorded.Kind.EndsExecution();
                bytes += EventBytes + recorded.Body.Length;
            }

            if (position == _last.Position)
            {
                return 0;
            }

            // Set before the signal, which also wakes the disconnected readers.
            var sentAway = _attached.RemoveAll(IsBehind) + (isEnd || HasRoom(bytes) ? 0 : SendAllAway());
            _last = _last.Append(changes, position, isEnd, bytes);
            return sentAway;
        }
    }

    public void Dispose()
    {
        News?.Dispose();
        lock (_lock)
        {
            // A read of the journal may still be running.
            _projection = null;
            held.Dispose();
        }
    }

    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _last.Fail(error);
        }
    }

    /// <summary>Counts the bytes of the state and of the batches that the slowest reader has not read.</summary>
    private bool HasRoom(long more)
    {
        var slowest = _attached.Min(reader => reader.At?.TotalBytes) ?? _last.TotalBytes;
        return held.TrySet(_projection!.HeldBytes() + more + _last.TotalBytes - slowest);
    }

    /// <summary>Resets the state to the one before a reader has caught up.</summary>
    private int SendAllAway()
    {
        var all = _attached.Count;
        _attached.ForEach(reader => reader.SendAway(after => new LiveUpdate.NoRoom(after)));
        _attached.Clear();
        _projection = null;
        held.TrySet(0);
        return all;
    }

    private bool IsBehind(LiveReader reader)
    {
        var at = reader.At;
        if (at is null || (_last.TotalChanges - at.TotalChanges <= options.MaxBacklog && _last.TotalBytes - at.TotalBytes <= options.MaxBacklogBytes))
        {
            return false;
        }

        reader.SendAway(after => new LiveUpdate.FellBehind(after));
        return true;
    }
}
