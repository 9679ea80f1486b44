using SaaSFlows.Engine;

namespace SaaSFlows.Api.Tests;

/// <summary>What a door takes can run: one limit, told there, in bytes of what the trigger puts out.</summary>
public sealed class InputLimitTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly int Limit = EngineLimits.Default.OutputBytes;

    [Fact]
    public async Task Variables_of_the_limit_s_size_run_and_one_byte_more_is_refused_at_every_door()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "echo");
        var (fits, large) = (Object(Limit), Object(Limit + 1));

        var ended = await member.EndedAsync(
            (await member.PostRawAsync($"/api/v1/workflows/{workflow}/execute", $$"""{"variables":{{fits}}}"""))
                .Data.GetProperty("execution_id")
                .GetGuid()
        );
        Assert.Equal("completed", ended.GetProperty("status").GetString());

        Refused(await member.PostRawAsync($"/api/v1/workflows/{workflow}/execute", $$"""{"variables":{{large}}}"""));
        Refused(await member.PostRawAsync($"/api/v1/workflows/{workflow}/test", $$"""{"variables":{{large}}}"""));
        Refused(await member.PostRawAsync("/api/v1/workflows/trigger", $$"""{"workflow_name":"echo","data":{{large}}}"""));
        Refused(await member.PostRawAsync($"/api/workflows/{workflow}/execute", $$"""{"data":{{large}}}"""));
        Refused(await member.PostRawAsync("/api/webhooks/echo", large));
    }

    [Fact]
    public async Task A_delivery_counts_with_its_headers_and_parameters()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections));

        Assert.Equal("completed", (await member.PostRawAsync(hook, Object(261_000))).Data.GetProperty("status").GetString());
        Refused(await member.PostRawAsync(hook, Object(Limit)));
        Refused(await member.PostRawAsync($"{hook}?more={new string('x', 2_000)}", Object(261_000)));
        Refused(await member.PostRawAsync(hook, Object(1024 * 1024)));
    }

    [Fact]
    public async Task An_event_that_no_trigger_could_put_out_is_not_kept()
    {
        var member = await host.RegisterAsync();

        Refused(await member.PostRawAsync("/api/v1/events", $$"""{"event_type":"big","aggregate_id":"a","data":{{Object(Limit)}}}"""));
        Assert.Equal(
            202,
            (await member.PostRawAsync("/api/v1/events", $$"""{"event_type":"big","aggregate_id":"a","data":{{Object(261_000)}}}""")).Status
        );
        Assert.Equal(1, (await member.GetAsync("/api/v1/events/a")).Data.GetArrayLength());
    }

    private static string Object(int bytes) => $$"""{"x":"{{new string('x', bytes - 8)}}"}""";

    private static void Refused(Answer answer)
    {
        Assert.Equal((413, "input.too_large"), (answer.Status, answer.Status == 413 ? answer.Reason : answer.Text));
        Assert.Equal(Limit, answer.Details.GetProperty("limit").GetInt32());
    }
}
