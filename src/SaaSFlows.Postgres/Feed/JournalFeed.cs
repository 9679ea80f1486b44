using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace SaaSFlows.Postgres.Feed;

/// <summary>Signals after commits: at once inside this process, as coalesced hints to the others (<see cref="FeedRelay"/>).</summary>
public sealed class JournalFeed
{
    private const int MostPending = 2_000;

    private readonly ConcurrentDictionary<FeedTopic, ImmutableList<FeedListener>> _listeners = new();
    private readonly HashSet<FeedTopic> _pending = [];
    private readonly Lock _pendingLock = new();
    private readonly TimeProvider _clock;
    private bool _tooMany;
    private TaskCompletionSource _pendingSignal = NewSignal();

    internal JournalFeed(TimeProvider clock) => _clock = clock;

    internal int Topics => _listeners.Count;

    /// <summary>Says that <paramref name="topic"/> changed. Call it after the commit: who is woken reads the database.</summary>
    public void Publish(FeedTopic topic)
    {
        Signal(topic);
        lock (_pendingLock)
        {
            _tooMany |= _pending.Count >= MostPending;
            if (!_tooMany)
            {
                _pending.Add(topic);
            }

            _pendingSignal.TrySetResult();
        }
    }

    /// <summary>Signals from now on. Subscribe first, then read, then wait: so nothing falls between.</summary>
    public FeedSubscription Subscribe(FeedTopic topic) => new(this, topic, _clock);

    /// <summary>
    /// The same for one who waits for many topics: <paramref name="heard"/> runs on the thread that publishes, so it may only take note.
    /// </summary>
    public FeedListener Listen(FeedTopic topic, Action heard)
    {
        var listener = new FeedListener(this, topic, heard);
        _listeners.AddOrUpdate(topic, [listener], (_, others) => others.Add(listener));
        return listener;
    }

    internal void Remove(FeedListener listener)
    {
        while (_listeners.TryGetValue(listener.Topic, out var all) && all.Contains(listener))
        {
            var others = all.Remove(listener);
            var removed = others.IsEmpty ? _listeners.TryRemove(new(listener.Topic, all)) : _listeners.TryUpdate(listener.Topic, others, all);
            if (removed)
            {
                return;
            }
        }
    }

    /// <summary>Signals those who wait in this process.</summary>
    internal void Signal(FeedTopic topic)
    {
        if (_listeners.TryGetValue(topic, out var waiting))
        {
            waiting.ForEach(listener => listener.Signal());
        }
    }

    /// <summary>After hints may have been lost: everybody looks.</summary>
    internal void SignalAll()
    {
        foreach (var topic in _listeners.Keys)
        {
            Signal(topic);
        }
    }

    /// <summary>Completes when there is something to tell the other processes.</summary>
    internal Task PendingAsync()
    {
        lock (_pendingLock)
        {
            return _pendingSignal.Task;
        }
    }

    /// <summary>Takes what is to be told; null if it is too much to name each.</summary>
    internal IReadOnlyCollection<FeedTopic>? TakePending()
    {
        lock (_pendingLock)
        {
            FeedTopic[]? taken = _tooMany ? null : [.. _pending];
            _pending.Clear();
            _tooMany = false;
            _pendingSignal = NewSignal();
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
