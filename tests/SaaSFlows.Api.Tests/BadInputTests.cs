using System.Text;

namespace SaaSFlows.Api.Tests;

public sealed class BadInputTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"name": "x",""", "INVALID_JSON", "body.invalid_json")]
    [InlineData("""[1]""", "BAD_REQUEST", "body.not_an_object")]
    [InlineData("""{"description":"no name"}""", "BAD_REQUEST", "input.invalid")]
    [InlineData("""{"name":7}""", "BAD_REQUEST", "input.wrong_type")]
    [InlineData("""{"name":"x","entity_id":"five"}""", "BAD_REQUEST", "input.wrong_type")]
    [InlineData("""{"name":"x","nodes":[]}""", "BAD_REQUEST", "input.invalid")]
    [InlineData("""{"name":"x","nodes":{"a":{"label":"no type"}}}""", "BAD_REQUEST", "input.invalid")]
    [InlineData("""{"name":"a\u0000b"}""", "BAD_REQUEST", "input.invalid")]
    public async Task A_wrong_body_gets_the_error_body_and_stores_nothing(string body, string code, string reason)
    {
        var member = await host.RegisterAsync();
        var answer = await member.PostRawAsync("/api/v1/workflows", body);

        Assert.Equal((400, code, reason), (answer.Status, answer.Code, answer.Reason));
        Assert.Empty((await member.GetAsync("/api/v1/workflows")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("from=0001-01-01")]
    [InlineData("to=0001-01-01T00:00:00Z")]
    [InlineData("to=9999-12-31T23:59:59.9999999Z")]
    [InlineData("from=9999-12-31T23:59:59.9999999Z")]
    public async Task The_ends_of_time_are_refused(string query)
    {
        var member = await host.RegisterAsync();
        Assert.Equal(400, (await member.GetAsync($"/api/v1/audit?{query}")).Status);
        Assert.Equal(400, (await member.GetAsync($"/api/v1/audit/export?{query}")).Status);
    }

    [Fact]
    public async Task An_empty_body_and_another_type_are_told_apart()
    {
        var member = await host.RegisterAsync();
        var empty = await member.PostRawAsync("/api/v1/workflows", "");
        var text = await Answer.FromAsync(
            await member.Http.PostAsync("/api/v1/workflows", new StringContent("""{"name":"x"}""", Encoding.UTF8, "text/plain"), Ct)
        );

        Assert.Equal("INVALID_JSON", empty.Code);
        Assert.Equal((415, "UNSUPPORTED_MEDIA_TYPE"), (text.Status, text.Code));
    }

    [Fact]
    public async Task Two_megabytes_are_too_much_for_every_door()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var body = $$"""{"name":"{{new string('x', 2 * 1024 * 1024)}}"}""";

        foreach (var path in new[] { "/api/v1/workflows", await member.WebhookAsync(workflow), $"/api/v1/workflows/{workflow}/execute" })
        {
            var answer = await member.PostRawAsync(path, body);
            Assert.Equal((413, "PAYLOAD_TOO_LARGE"), (answer.Status, answer.Code));
        }

        Assert.Empty((await member.GetAsync("/api/v1/executions")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("/api/v1/nothing", 404, "NOT_FOUND")]
    [InlineData("/api/v1/workflows/7", 404, "WORKFLOW_NOT_FOUND")]
    [InlineData("/api/v1/workflows/00000000-0000-0000-0000-000000000001", 404, "WORKFLOW_NOT_FOUND")]
    [InlineData("/api/v1/workflows/executions/00000000-0000-0000-0000-000000000001", 404, "NOT_FOUND")]
    [InlineData("/api/v1/chat/999999999/messages", 404, "NOT_FOUND")]
    public async Task Unknown_things_are_not_found(string path, int status, string code)
    {
        var member = await host.RegisterAsync();
        var answer = await member.GetAsync(path);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_wrong_method_says_so()
    {
        var member = await host.RegisterAsync();
        var answer = await Answer.FromAsync(await member.Http.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/api/v1/workflows"), Ct));

        Assert.Equal((405, "METHOD_NOT_ALLOWED"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_webhook_takes_any_json_as_it_is_and_refuses_what_is_none()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));

        Assert.Equal("INVALID_JSON", (await member.PostRawAsync(hook, """{"a":""")).Code);
        Assert.Equal("INVALID_JSON", (await member.PostRawAsync(hook, """1,"headers":{"authorization":"x"}""")).Code);
        Assert.Empty((await member.GetAsync("/api/v1/executions")).Data.EnumerateArray());

        var accepted = await member.PostRawAsync(hook, """{"zero":"\u0000","big":12345678901234567890,"text":"ü🚀"}""");
        Assert.Equal((200, "queued"), (accepted.Status, accepted.Data.GetProperty("status").GetString()));
        var ended = await member.EndedAsync(accepted.Data.GetProperty("execution_id").GetGuid());
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.Equal("\0", ended.GetProperty("final_output").GetProperty("zero").GetString());
        Assert.Equal("12345678901234567890", ended.GetProperty("final_output").GetProperty("big").GetRawText());
    }

    [Fact]
    public async Task A_zero_character_that_reaches_the_chat_fails_its_node_and_nothing_else()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(
            await member.PublishAsync(
                new
                {
                    hook = Graphs.Node("trigger_webhook"),
                    say = Graphs.Node("action_chat_message", new { message_template = "{{input.payload.text}}" }),
                },
                new[] { Graphs.Line("hook", "say") }
            )
        );
        var accepted = await member.PostRawAsync(hook, """{"text":"a\u0000b"}""");
        var ended = await member.EndedAsync(accepted.Data.GetProperty("execution_id").GetGuid());

        Assert.Equal("failed", ended.GetProperty("status").GetString());
        Assert.Equal("say", ended.GetProperty("error_node_id").GetString());
        Assert.Contains("U+0000", ended.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_that_quotes_a_zero_character_still_ends_its_execution()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_http", new { url = "{{input.url}}" }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "success") }
        );
        var started = await member.PostRawAsync($"/api/v1/workflows/{id}/execute", """{"variables":{"url":"ht\u0000tp://x"}}""");
        var ended = await member.EndedAsync(started.Data.GetProperty("execution_id").GetGuid());

        Assert.Equal("failed", ended.GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_sign_in_with_a_zero_character_is_only_wrong()
    {
        using var client = host.Anonymous();
        var answer = await Answer.FromAsync(
            await client.PostAsync(
                "/api/v1/auth/login",
                new StringContent("""{"email":"a\u0000@example.com","password":"a\u0000bcdefghijklm"}""", Encoding.UTF8, "application/json"),
                Ct
            )
        );

        Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Bad_requests_in_a_burst_harm_no_good_one()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 80).Select(number => member.PostRawAsync(hook, number % 4 == 0 ? """{"broken":""" : $$"""{"number":{{number}}}"""))
        );

        Assert.Equal(20, answers.Count(answer => answer is { Status: 400, Code: "INVALID_JSON" }));
        Assert.Equal(60, answers.Count(answer => answer.Status == 200));
        foreach (var answer in answers.Where(answer => answer.Status == 200))
        {
            Assert.Equal("completed", (await member.EndedAsync(answer.Data.GetProperty("execution_id").GetGuid())).GetProperty("status").GetString());
        }

        Assert.Equal(
            60,
            (await member.GetAsync("/api/v1/executions")).Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt64()
        );
    }

    [Theory]
    [InlineData("variables")]
    [InlineData("metadata")]
    public async Task Half_a_character_in_a_name_is_refused_by_execute(string field)
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        await member.PostAsync($"/api/v1/workflows/{id}/publish");

        var refused = await member.PostRawAsync($"/api/v1/workflows/{id}/execute", "{\"" + field + "\": {\"\\ud800\": 1}}");

        Assert.Equal((400, "input.not_unicode"), (refused.Status, refused.Reason));
        Assert.Equal(field, refused.Details.GetProperty("errors").EnumerateObject().Single().Name);
    }

    [Theory]
    [InlineData("""{"node_type":"trigger_manual","label":"x","position":{"x":1,"y":1,"\ud800":1},"config":{}}""")]
    [InlineData("""{"node_type":"trigger_manual","label":"\ud800","position":{"x":1,"y":1},"config":{}}""")]
    [InlineData("""{"node_type":"trigger_manual","label":"x","position":{"x":1,"y":1},"config":{"\ud800":"\udc00"}}""")]
    [InlineData("""{"node_type":"\ud800","label":"x","position":{"x":1,"y":1},"config":{"a":{"b":["\ud800"]}}}""")]
    public async Task Half_a_character_in_a_definition_is_refused(string node)
    {
        var member = await host.RegisterAsync();
        var body = $$$"""{"name":"x","nodes":{"a":{{{node}}}},"connections":[]}""";
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        foreach (
            var answer in new[]
            {
                await member.PostRawAsync("/api/v1/workflows", body),
                await Answer.FromAsync(
                    await member.Http.PutAsync($"/api/v1/workflows/{id}", new StringContent(body, Encoding.UTF8, "application/json"), Ct)
                ),
            }
        )
        {
            Assert.Equal((400, "input.not_unicode"), (answer.Status, answer.Reason));
            Assert.StartsWith("nodes.a", answer.Details.GetProperty("errors").EnumerateObject().Single().Name, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("data")]
    [InlineData("metadata")]
    public async Task Half_a_character_in_an_event_is_refused(string field)
    {
        var member = await host.RegisterAsync();
        foreach (var value in new[] { """{"a":"\ud800"}""", """{"\ud800":1}""", """{"a":{"b":["\udc00\ud800"]}}""" })
        {
            var answer = await member.PostRawAsync(
                "/api/v1/events",
                $$"""
                {"event_type":"order.paid","aggregate_id":"half","aggregate_type":"order","community_id":{{member.Community}},
                "{{field}}":{{value}}}
                """
            );
            Assert.Equal((400, "input.not_unicode"), (answer.Status, answer.Reason));
        }
    }
}
