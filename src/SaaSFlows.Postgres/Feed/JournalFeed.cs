using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace SaaSFlows.Postgres.Feed;

/// <summary>Signals after commits: at once inside this process, as coalesced hints to the others (<see cref="FeedRelay"/>).</summary>
public sealed class JournalFeed
{
    private const int MostPending = 2_000;

    private readonly ConcurrentDictionary<FeedTopic, ImmutableList<FeedSubscription>> subscriptions = new();
    private readonly HashSet<FeedTopic> pending = [];
    private readonly Lock pendingLock = new();
    private readonly TimeProvider clock;
    private bool tooMany;
    private TaskCompletionSource pendingSignal = NewSignal();

    internal JournalFeed(TimeProvider clock) => this.clock = clock;

    internal int Topics => subscriptions.Count;

    /// <summary>Says that <paramref name="topic"/> changed. Call it after the commit: who is woken reads the database.</summary>
    public void Publish(FeedTopic topic)
    {
        Signal(topic);
        lock (pendingLock)
        {
            tooMany |= pending.Count >= MostPending;
            if (!tooMany)
            {
                pending.Add(topic);
            }

            pendingSignal.TrySetResult();
        }
    }

    /// <summary>Signals from now on. Subscribe first, then read, then wait: so nothing falls between.</summary>
    public FeedSubscription Subscribe(FeedTopic topic)
    {
        var subscription = new FeedSubscription(this, topic, clock);
        subscriptions.AddOrUpdate(topic, [subscription], (_, others) => others.Add(subscription));
        return subscription;
    }

    internal void Remove(FeedSubscription subscription)
    {
        while (subscriptions.TryGetValue(subscription.Topic, out var all) && all.Contains(subscription))
        {
            var others = all.Remove(subscription);
            var removed = others.IsEmpty
                ? subscriptions.TryRemove(new(subscription.Topic, all))
                : subscriptions.TryUpdate(subscription.Topic, others, all);
            if (removed)
            {
                return;
            }
        }
    }

    /// <summary>Signals those who wait in this process.</summary>
    internal void Signal(FeedTopic topic)
    {
        if (subscriptions.TryGetValue(topic, out var waiting))
        {
            waiting.ForEach(s => s.Signal());
        }
    }

    /// <summary>After hints may have been lost: everybody looks.</summary>
    internal void SignalAll()
    {
        foreach (var topic in subscriptions.Keys)
        {
            Signal(topic);
        }
    }

    /// <summary>Completes when there is something to tell the other processes.</summary>
    internal Task PendingAsync()
    {
        lock (pendingLock)
        {
            return pendingSignal.Task;
        }
    }

    /// <summary>Takes what is to be told; null if it is too much to name each.</summary>
    internal IReadOnlyCollection<FeedTopic>? TakePending()
    {
        lock (pendingLock)
        {
            FeedTopic[]? taken = tooMany ? null : [.. pending];
            pending.Clear();
            tooMany = false;
            pendingSignal = NewSignal();
            return taken;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
