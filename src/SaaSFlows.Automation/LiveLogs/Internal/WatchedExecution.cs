using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>An execution that somebody follows in this process: one projection for all of them.</summary>
internal sealed class WatchedExecution(TenantId tenant, ExecutionId id, LiveLogOptions options)
{
    // What an event costs beside its body, roughly.
    private const int EventBytes = 500;

    private readonly Lock _lock = new();
    private readonly List<LiveReader> _attached = [];
    private ExecutionProjection? _projection;
    private LiveBatch _last = new([], 0, isEnd: false, 0, 0);
    private int _isQueued;

    /// <summary>How many have joined; under the lock of the tail.</summary>
    public int Readers { get; set; }

    public FeedListener? News { get; set; }

    public (TenantId, ExecutionId) Key => (tenant, id);

    /// <summary>Where the tail goes on; null while nobody has caught up, and when nothing comes any more.</summary>
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

    /// <summary>True for the first who says that there is news, until it is looked at.</summary>
    public bool Enqueue() => Interlocked.Exchange(ref _isQueued, 1) == 0;

    public void Dequeued() => Volatile.Write(ref _isQueued, 0);

    /// <summary>From here on the reader gets what comes after <paramref name="seen"/>, or false: the tail is ahead, it has to read on from the journal.</summary>
    /// <param name="projection">The reader's own, which has seen as much: the first to catch up hands it over. Null if it has none.</param>
    /// <param name="isFirst">Whether the tail has to look at this execution from now on.</param>
    public bool TryAttach(LiveReader reader, long seen, ExecutionProjection? projection, out bool isFirst)
    {
        lock (_lock)
        {
            isFirst = _projection is null && projection is not null;
            if (isFirst)
            {
                _projection = projection;
                _last = new([], seen, isEnd: false, 0, 0);
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

    /// <summary>Takes in the next events and tells them to the readers; who was not done with what was there before falls behind.</summary>
    /// <returns>How many fell behind.</returns>
    /// <exception cref="InvalidOperationException">The journal is broken.</exception>
    public int Take(IReadOnlyList<JournalEvent> events)
    {
        lock (_lock)
        {
            var (changes, position, isEnd, bytes) = (new List<LiveUpdate.Changed>(), _last.Position, _last.IsEnd, 0L);
            foreach (var recorded in events.Where(recorded => recorded.Seq > _last.Position))
            {
                position = recorded.Seq == position + 1 ? recorded.Seq : throw new InvalidOperationException($"After event {position} of {id} comes {recorded.Seq}.");
                var changed = _projection!.Apply(recorded);
                changes.AddRange(changed.Select((change, index) => new LiveUpdate.Changed(change, IsLastOfEvent: index == changed.Count - 1)));
                isEnd |= recorded.Kind.EndsExecution();
                bytes += EventBytes + recorded.Body.Length;
            }

            if (position == _last.Position)
            {
                return 0;
            }

            var dropped = _attached.RemoveAll(IsBehind);
            _last = _last.Append(changes, position, isEnd, bytes);
            return dropped;
        }
    }

    public void Fail(Exception error)
    {
        lock (_lock)
        {
            _last.Fail(error);
        }
    }

    private bool IsBehind(LiveReader reader)
    {
        var at = reader.At;
        if (at is null || (_last.TotalChanges - at.TotalChanges <= options.MaxBacklog && _last.TotalBytes - at.TotalBytes <= options.MaxBacklogBytes))
        {
            return false;
        }

        reader.Drop();
        return true;
    }
}
