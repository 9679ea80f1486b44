namespace SaaSFlows.Api.Tests;

public sealed class ResultTimeoutTests(ResultTimeoutTests.ImpatientHost host) : IClassFixture<ResultTimeoutTests.ImpatientHost>
{
    [Fact]
    public async Task A_result_that_takes_too_long_is_answered_with_where_the_execution_stands()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(
            await member.PublishAsync(
                new
                {
                    hook = Graphs.Node("trigger_webhook", new { response_mode = "result" }),
                    wait = Graphs.Node("action_delay", new { delay_ms = 3_600_000 }),
                },
                new[] { Graphs.Line("hook", "wait") }
            )
        );
        var answer = (await member.PostRawAsync(hook, "{}")).Data;

        Assert.Equal(("waiting", "null"), (answer.GetProperty("status").GetString(), answer.GetProperty("output").GetRawText()));
    }

    public sealed class ImpatientHost : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Webhooks:ResultTimeout", "00:00:00.100")];
    }
}
