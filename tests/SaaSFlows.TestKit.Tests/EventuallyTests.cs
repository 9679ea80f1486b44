namespace SaaSFlows.TestKit.Tests;

public sealed class EventuallyTests
{
    [Fact]
    public async Task Condition_that_becomes_true_is_waited_for()
    {
        var asked = 0;
        await Eventually.True(() => ++asked == 3, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Condition_that_stays_false_is_an_error()
    {
        await Assert.ThrowsAsync<TimeoutException>(() =>
            Eventually.True(() => false, TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken)
        );
    }
}
