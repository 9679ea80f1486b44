namespace SaaSFlows.Activities.Tests.Triggers;

public sealed class TriggerTests
{
    [Theory]
    [InlineData("trigger_command", """{"username":"ada","args":["1"],"message":"!test 1"}""")]
    [InlineData("trigger_manual", """{"param1":"value1"}""")]
    [InlineData("trigger_event", """{"event_type":"order.paid","data":{"id":1}}""")]
    [InlineData("trigger_schedule", """{"scheduled_time":"2026-11-21T09:00:00Z"}""")]
    [InlineData("trigger_webhook", """{"payload":{"event":"user_joined"},"headers":{},"query":{}}""")]
    public async Task Trigger_puts_out_what_started_the_execution(string type, string input)
    {
        var result = await new ActivityRun("{}", input).CompletedBy(BuiltIn.All.Single(activity => activity.Descriptor.Type == type));

        Assert.Equal("output", result.Port);
        Json.AssertSame(input, result.Output);
    }
}
