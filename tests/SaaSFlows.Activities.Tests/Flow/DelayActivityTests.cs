using System.Globalization;
using SaaSFlows.Activities.Flow;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Flow;

public sealed class DelayActivityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"delay_ms":1500}""", "2026-11-21T12:00:01.5Z")]
    [InlineData("""{"delay_seconds":90}""", "2026-11-21T12:01:30Z")]
    [InlineData("""{"delay_seconds":0.25}""", "2026-11-21T12:00:00.25Z")]
    [InlineData("""{"delay_seconds":31536000}""", "2027-11-21T12:00:00Z")]
    [InlineData("""{"delay_ms":"{{pause / 2}}"}""", "2026-11-21T12:00:02.5Z")]
    [InlineData("""{"delay_ms":"{{'1500'}}"}""", "2026-11-21T12:00:01.5Z")]
    [InlineData("""{"until":"2026-11-21T{{6 + 7}}:00:00Z"}""", "2026-11-21T13:00:00Z")]
    [InlineData("""{"delay_variable":"pause"}""", "2026-11-21T12:00:05Z")]
    [InlineData("""{"until":"2026-11-21T12:30:00Z"}""", "2026-11-21T12:30:00Z")]
    [InlineData("""{"until":"2026-11-21T14:00:00+01:00"}""", "2026-11-21T13:00:00Z")]
    [InlineData("""{"until":"2026-11-21T07:30:00.5-05:00"}""", "2026-11-21T12:30:00.5Z")]
    public async Task Delay_waits_for_its_moment_and_then_passes_the_input_on(string config, string due)
    {
        Assert.True(IsValid(config));
        var delay = new DelayActivity();
        var run = Run(config);

        var suspended = Assert.IsType<ActivityResult.Suspended>(await run.Of(delay));
        var resumed = Assert.IsType<ActivityResult.Completed>(delay.Resume(run, new Stimulus("due", default, Noon)));

        Assert.Equal(("timer", null), (suspended.Kind, suspended.Key));
        Assert.Equal(DateTimeOffset.Parse(due, CultureInfo.InvariantCulture), suspended.Due!.Value);
        Assert.Equal(TimeSpan.Zero, suspended.Due.Value.Offset);
        Assert.Equal("output", resumed.Port);
        Json.AssertSame("""{"order":7}""", resumed.Output);
    }

    [Theory]
    [InlineData("""{"delay_ms":0}""")]
    [InlineData("""{"delay_seconds":"0"}""")]
    [InlineData("""{"until":"2026-11-21T12:00:00Z"}""")]
    [InlineData("""{"until":"1999-12-31T23:59:59Z"}""")]
    public async Task Delay_that_is_over_passes_at_once(string config) =>
        Assert.Equal("output", (await Run(config).CompletedBy(new DelayActivity())).Port);

    [Theory]
    [InlineData("""{"delay_ms":-1}""", "delay.bad_duration", "delay_ms")]
    [InlineData("""{"delay_ms":"soon"}""", "delay.bad_duration", "\"soon\"")]
    [InlineData("""{"delay_ms":"NaN"}""", "delay.bad_duration", "NaN")]
    [InlineData("""{"delay_seconds":[]}""", "delay.bad_duration", "[]")]
    [InlineData("""{"delay_variable":"nothing"}""", "delay.bad_duration", "delay_variable")]
    [InlineData("""{"delay_seconds":31536001}""", "delay.too_long", "365 days")]
    [InlineData("""{"delay_ms":1e300}""", "delay.too_long", "365 days")]
    [InlineData("""{"until":"2027-11-21T12:00:01Z"}""", "delay.too_long", "365 days")]
    [InlineData("""{"until":"2026-11-21T12:30:00"}""", "delay.bad_moment", "2026-11-21T12:30:00")]
    [InlineData("""{"until":"2026-11-21"}""", "delay.bad_moment", "2026-11-21")]
    [InlineData("""{"until":"tomorrow"}""", "delay.bad_moment", "tomorrow")]
    [InlineData("""{"until":"2026-02-30T00:00:00Z"}""", "delay.bad_moment", "2026-02-30")]
    [InlineData("""{"until":5}""", "delay.bad_moment", "5")]
    public async Task Delay_that_makes_no_sense_fails_for_good_and_shows_the_value(string config, string code, string shown)
    {
        var failure = await Run(config).FailedBy(new DelayActivity());

        Assert.Equal((code, false), (failure.Code, failure.Retryable));
        Assert.Contains(shown, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"delay_ms":1,"delay_seconds":1}""")]
    [InlineData("""{"delay_ms":-1}""")]
    [InlineData("""{"until":"2026-11-21T12:30:00"}""")]
    public void Configuration_names_exactly_one_delay(string config) => Assert.False(IsValid(config));

    private static bool IsValid(string config) =>
        ConfigSchema.Compile(new DelayActivity().Descriptor.ConfigSchema).Check(Json.Of(config)).Errors.Count == 0;

    private static ActivityRun Run(string config) => new(config, """{"order":7}""") { Now = Noon, Names = Json.Of("""{"pause":5000}""") };
}
