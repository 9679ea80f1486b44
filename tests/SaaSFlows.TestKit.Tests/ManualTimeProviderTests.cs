namespace SaaSFlows.TestKit.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var start = (_clock.GetUtcNow(), _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetUtcNow() - start.Item1);
        Assert.Equal(TimeSpan.FromSeconds(90), _clock.GetElapsedTime(start.Item2));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_see_them()
    {
        var start = _clock.GetUtcNow();
        var seen = new List<(string Name, double Second)>();
        using var late = _clock.CreateTimer(_ => Note("late"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using var often = _clock.CreateTimer(_ => Note("often"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([("often", 2), ("late", 3), ("often", 4)], seen);
        Assert.Equal(1, _clock.ActiveTimers);

        void Note(string name) => seen.Add((name, (_clock.GetUtcNow() - start).TotalSeconds));
    }

    [Fact]
    public void Timer_due_at_once_fires_without_an_advance_and_keeps_its_period()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(1, fired);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(3, fired);
    }

    [Fact]
    public void Timer_made_or_disposed_while_another_fires_is_respected()
    {
        var fired = new List<string>();
        using var doomed = _clock.CreateTimer(_ => fired.Add("doomed"), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        ITimer? child = null;
        using var parent = _clock.CreateTimer(
            _ =>
            {
                doomed.Dispose();
                child = _clock.CreateTimer(_ => fired.Add("child"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["child"], fired);
        child!.Dispose();
    }

    [Fact]
    public async Task Delays_and_timeouts_of_the_platform_follow_it()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2), _clock);
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock, TestContext.Current.CancellationToken);
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.False(timeout.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(timeout.IsCancellationRequested);
    }
}
