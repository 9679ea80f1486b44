using SaaSFlows.Activities.Events;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Events;

public sealed class WaitEventActivityTests
{
    private static readonly WaitEventActivity Wait = new();

    [Fact]
    public async Task It_waits_under_the_events_type_with_its_filters_until_its_time()
    {
        var run = new ActivityRun("""{"event_type":"order.{{'paid'}}","filters":{"id":"{{input.id}}"},"timeout_seconds":60}""", """{"id":7}""");
        var wait = Assert.IsType<ActivityResult.Suspended>(await run.Of(Wait));

        Assert.Equal(("event", "order.paid", run.Now.AddSeconds(60)), (wait.Kind, wait.Key, wait.Due!.Value));
        Json.AssertSame("""{"filters":{"id":7}}""", wait.Data);
        var received = Assert.IsType<ActivityResult.Completed>(Wait.Resume(run, new Stimulus("event", Json.Of("[1]"), run.Now)));
        Assert.Equal(("received", "[1]"), (received.Port, received.Output.GetRawText()));
        var late = Assert.IsType<ActivityResult.Completed>(Wait.Resume(run, new Stimulus("due", default, run.Now)));
        Assert.Equal(("timeout", """{"id":7}"""), (late.Port, late.Output.GetRawText()));
    }

    [Theory]
    [InlineData("""{"event_type":"{{''}}"}""", "event.bad_type")]
    [InlineData("""{"event_type":"a","filters":"{{1}}"}""", "event.bad_filters")]
    [InlineData("""{"event_type":"a","timeout_seconds":"{{0}}"}""", "event.bad_timeout")]
    [InlineData("""{"event_type":"a","timeout_seconds":"{{1e12}}"}""", "event.bad_timeout")]
    public async Task What_makes_no_sense_fails(string config, string code) =>
        Assert.Equal(code, (await new ActivityRun(config).FailedBy(Wait)).Code);
}
