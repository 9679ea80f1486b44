using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace SaaSFlows.Postgres.Feed;

/// <summary>Signals after commits: at once inside this process, as coalesced hints to the others (<see cref="FeedRelay"/>).</summary>
public sealed class JournalFeed
{
    private const int MostPending = 2_000;

    private readonly ConcurrentDictionary<FeedTopic, ImmutableList<FeedSubscription>> _subscriptions = new();
    private readonly HashSet<FeedTopic> _pending = [];
    private readonly Lock _pendingLock = new();
    private readonly TimeProvider _clock;
    private bool _tooMany;
    private TaskCompletionSource _pendingSignal = NewSignal();

    internal JournalFeed(TimeProvider clock) => _clock = clock;

    internal int Topics => _subscriptions.Count;

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
    public FeedSubscription Subscribe(FeedTopic topic)
    {
        var subscription = new FeedSubscription(this, topic, _clock);
        _subscriptions.AddOrUpdate(topic, [subscription], (_, others) => others.Add(subscription));
        return subscription;
    }

    internal void Remove(FeedSubscription subscription)
    {
        while (_subscriptions.TryGetValue(subscription.Topic, out var all) && all.Contains(subscription))
        {
            var others = all.Remove(subscription);
            var removed = others.IsEmpty
                ? _subscriptions.TryRemove(new(subscription.Topic, all))
                : _subscriptions.TryUpdate(subscription.Topic, others, all);
            if (removed)
            {
                return;
            }
        }
    }

    /// <summary>Signals those who wait in this process.</summary>
    internal void Signal(FeedTopic topic)
    {
        if (_subscriptions.TryGetValue(topic, out var waiting))
        {
            waiting.ForEach(s => s.Signal());
        }
    }

    /// <summary>After hints may have been lost: everybody looks.</summary>
    internal void SignalAll()
    {
        foreach (var topic in _subscriptions.Keys)
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
