namespace SaaSFlows.TestKit.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task A_test_sees_how_many_wait_for_the_clock()
    {
        using var timer = _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock, TestContext.Current.CancellationToken);
        Assert.Equal(2, _clock.ActiveTimers);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.Equal(1, _clock.ActiveTimers);

        timer.Dispose();
        timer.Dispose();
        Assert.Equal(0, _clock.ActiveTimers);
    }
}
