using Microsoft.Extensions.Time.Testing;

namespace SaaSFlows.TestKit;

/// <summary>A clock that stands still until a test moves it, and that knows how many wait for it.</summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : FakeTimeProvider(start.ToUniversalTime())
{
    private int _activeTimers;

    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)) { }

    /// <summary>How many timers were made and not disposed: a test can wait until the code under test has come to its delay.</summary>
    public int ActiveTimers => Volatile.Read(ref _activeTimers);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _activeTimers);
        return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class CountedTimer(ManualTimeProvider clock, ITimer timer) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref clock._activeTimers);
            }

            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
