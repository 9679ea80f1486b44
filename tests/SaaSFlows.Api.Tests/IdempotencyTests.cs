using System.Text;

namespace SaaSFlows.Api.Tests;

public sealed class IdempotencyTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_callers_with_one_key_start_one_execution()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var path = $"/api/v1/workflows/{workflow}/execute";
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => SendAsync(member, path, """{"variables":{"a":1}}""", ("Idempotency-Key", "order-1")))
        );

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        var execution = Assert.Single(answers.Select(answer => answer.Data.GetProperty("execution_id").GetGuid()).Distinct());
        Assert.Single(answers.Select(answer => answer.Data.GetProperty("start_time").GetString()).Distinct());
        Assert.Equal(49, answers.Count(answer => answer.Response.Headers.Contains("Idempotent-Replayed")));
        await member.EndedAsync(execution);
        var late = await SendAsync(member, path, """{"variables":{"a":1}}""", ("Idempotency-Key", "order-1"));
        Assert.Equal("completed", late.Data.GetProperty("status").GetString());
        Assert.Single((await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("""{"variables":{"a":2}}""")]
    [InlineData("""{"variables":{"a":1},"metadata":{"b":1}}""")]
    [InlineData("""{"variables":{"a":1},"trigger_node":"start"}""")]
    public async Task Same_key_with_another_body_is_a_conflict(string body)
    {
        var member = await host.RegisterAsync();
        var path = $"/api/v1/workflows/{await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)}/execute";
        Assert.Equal(202, (await SendAsync(member, path, """{"variables":{"a":1}}""", ("Idempotency-Key", "k"))).Status);
        var other = await SendAsync(member, path, body, ("Idempotency-Key", "k"));

        Assert.Equal((409, "event.body_differs"), (other.Status, other.Reason));
    }

    [Fact]
    public async Task Keys_are_a_callers_own_word_for_one_workflow()
    {
        var member = await host.RegisterAsync();
        var one = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var two = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Two");
        var first = await SendAsync(member, $"/api/v1/workflows/{one}/execute", "{}", ("Idempotency-Key", "k"));
        var second = await SendAsync(member, $"/api/v1/workflows/{two}/execute", "{}", ("Idempotency-Key", "k"));
        Assert.NotEqual(first.Data.GetProperty("execution_id").GetGuid(), second.Data.GetProperty("execution_id").GetGuid());

        foreach (var key in new[] { new string('k', 256), "two words", "" })
        {
            Assert.Equal((400, "input.invalid"), Reason(await SendAsync(member, $"/api/v1/workflows/{one}/execute", "{}", ("Idempotency-Key", key))));
        }

        Assert.Equal(202, (await SendAsync(member, $"/api/v1/workflows/{one}/execute", "{}", ("Idempotency-Key", new string('k', 255)))).Status);
    }

    [Fact]
    public async Task Retry_with_a_key_is_made_once()
    {
        var member = await host.RegisterAsync();
        var execution = await RetryTests.StartAsync(member, await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections));
        await member.EndedAsync(execution);
        var path = $"/api/v1/workflows/executions/{execution}/retry";
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => SendAsync(member, path, "{}", ("Idempotency-Key", "again"))));

        Assert.Single(answers.Select(answer => answer.Data.GetProperty("execution_id").GetGuid()).Distinct());
        Assert.Equal(409, (await SendAsync(member, path, """{"from_node":"end"}""", ("Idempotency-Key", "again"))).Status);
    }

    [Theory]
    [InlineData("Idempotency-Key")]
    [InlineData("webhook-id")]
    [InlineData("X-GitHub-Delivery")]
    public async Task Fifty_deliveries_of_one_event_start_one_execution(string header)
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(workflow);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync(member, hook, """{"n":1}""", (header, "delivery-1"))));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(answer => answer.Data.GetProperty("execution_id").GetGuid()).Distinct());
        Assert.Single((await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray());
        Assert.Equal((409, "event.body_differs"), Reason(await SendAsync(member, hook, """{"n":2}""", (header, "delivery-1"))));
    }

    private static (int, string) Reason(Answer answer) => (answer.Status, answer.Reason);

    private static async Task<Answer> SendAsync(Member member, string path, string body, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }
}
