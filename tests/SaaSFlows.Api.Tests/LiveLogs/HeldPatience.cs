using System.Collections.Concurrent;
using SaaSFlows.Api.Streams;

namespace SaaSFlows.Api.Tests.LiveLogs;

/// <summary>The system's clock, but that the patience with slow readers ends when a test says so.</summary>
public sealed class HeldPatience : TimeProvider
{
    private readonly ConcurrentDictionary<Held, bool> _held = new();

    /// <summary>How many writes wait for their reader.</summary>
    public int Waiting => _held.Count;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != SlowReaders.Patience)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var held = new Held(this, () => callback(state));
        _held[held] = true;
        return held;
    }

    /// <summary>The time of all of them is over.</summary>
    public void End()
    {
        foreach (var held in _held.Keys)
        {
            held.Fire();
        }
    }

    private sealed class Held(HeldPatience clock, Action fire) : ITimer
    {
        public void Fire()
        {
            Dispose();
            fire();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock._held.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
