using System.Text;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>
/// Data that no program expects: what is no text is refused at each door, everything else harms no node, also where the database or a service stands
/// behind it.
/// </summary>
public sealed class OddDataTests(ApiHost host) : IClassFixture<ApiHost>
{
    // JSON that the doors let in.
    private const string Values = """
        [null, true, -0, 1e400, 12345678901234567890123, "", " ", "\u0000", "a\u0000b", "💥", "\uffff", "NaN", "1e400", "9999-12-31T23:59:59Z",
        "http://[", "https://exa mple/\u0000", "../..", "\r\nX: y",
         "{{", "(", "admin", "00000000-0000-0000-0000-000000000000", [], {}, [[]], [null, {}, "\u0000"], {"": null}, {"a\u0000": "b\u0000"},
         {"a b": [1, [2]]}, {"Host": "", "Content-Length": "-1"}]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"\\ud83d\"", "body")]
    [InlineData("""{"order":{"items":[{"title":"x \ud83d"}]}}""", "order.items[0].title")]
    public async Task Webhook_delivery_that_is_no_text_is_refused_with_its_place(string body, string place)
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(workflow);
        using var client = host.Anonymous();
        var refused = await Answer.FromAsync(await client.PostAsync(hook, new StringContent(body, Encoding.UTF8, "application/json"), Ct));

        Assert.Equal((400, "input.not_unicode"), (refused.Status, refused.Reason));
        Assert.Equal(place, refused.Details.GetProperty("errors").EnumerateObject().Single().Name);
        Assert.Empty((await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray());
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_by_a_webhook()
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        using var content = new ByteArrayContent([.. "{\"a\":\""u8, 0xED, 0xA0, 0xBD, .. "\"}"u8])
        {
            Headers = { ContentType = new("application/json") },
        };

        Assert.Equal(
            (400, "body.invalid_encoding"),
            await Answer.FromAsync(await member.Http.PostAsync(hook, content, Ct)) is var refused ? (refused.Status, refused.Reason) : default
        );
    }

    [Theory]
    [InlineData("/api/v1/workflows/{0}/execute", """{"variables":{"a":"\ud83d"}}""", "variables.a")]
    [InlineData("/api/v1/workflows/trigger", """{"workflow_name":"flow","payload":{"a":"\ud83d"}}""", "payload.a")]
    [InlineData("/api/v1/workflows/{0}/test", """{"variables":{"a":"\ud83d"}}""", "variables.a")]
    [InlineData("/api/webhooks/flow", """{"a":["\ud83d"]}""", "a[0]")]
    [InlineData("/api/v1/chat/{1}/messages", """{"text":"\ud83d"}""", "text")]
    public async Task Doors_of_the_api_refuse_what_is_no_text(string path, string body, string place)
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "flow");
        var refused = await member.PostRawAsync(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, path, workflow, member.Entity),
            body
        );
        Assert.True(refused.Status == 400, refused.Text);
        Assert.Contains(place, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_node_that_reaches_the_outside_crashes_on_odd_data()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "echo");
        var steps = new (string Name, object Node)[]
        {
            ("chat", Graphs.Node("action_chat_message", new { message_template = "a{{item}}" })),
            (
                "channel",
                Graphs.Node(
                    "action_chat_message",
                    new
                    {
                        message_template = "a",
                        destination = "specified_channel",
                        channel_id = "{{item}}",
                    }
                )
            ),
            ("set", Graphs.Node("data_variable_set", new { scope = "global", variables = new { odd = "{{item}}" } })),
            ("get", Graphs.Node("data_variable_get", new { scope = "global", variable_name = "{{item}}" })),
            ("transform", Graphs.Node("data_transform", new { transformations = new { cut = "('💥' + item).slice(0, 1)", odd = "item" } })),
            (
                "http",
                Graphs.Node(
                    "action_http",
                    new
                    {
                        url = receiver.Url + "{{item}}",
                        method = "POST",
                        body = "{{item}}",
                        query = new { q = "{{item}}" },
                    }
                )
            ),
            ("headers", Graphs.Node("action_http", new { url = receiver.Url, headers = new { X = "{{item}}" } })),
            ("away", Graphs.Node("action_http", new { url = "{{item}}" })),
            ("module", Graphs.Node("action_module", new { module_name = "{{item}}" })),
            ("flow", Graphs.Node("action_workflow", new { workflow = "{{item}}", wait = false })),
            (
                "echo",
                Graphs.Node(
                    "action_workflow",
                    new
                    {
                        workflow = "echo",
                        wait = false,
                        input = new { odd = "{{item}}" },
                    }
                )
            ),
            ("show", Graphs.Node("action_browser_source", new { content_template = "{{item}}" })),
            (
                "event",
                Graphs.Node(
                    "action_wait_event",
                    new
                    {
                        event_type = "e{{item}}",
                        filters = new { a = "{{item}}" },
                        timeout_seconds = 1,
                    }
                )
            ),
        };
        var nodes = steps.ToDictionary(step => step.Name, step => step.Node);
        nodes["start"] = Graphs.Node("trigger_manual");
        nodes["each"] = Graphs.Node("loop_foreach", new { array_variable = "values", max_parallel = 50 });
        var lines = new List<object> { Graphs.Line("start", "each"), Graphs.Line("each", steps[0].Name, "loop") };
        foreach (var (step, next) in steps.Zip(steps.Skip(1)))
        {
            var type = JsonSerializer.SerializeToElement(step.Node).GetProperty("node_type").GetString()!;
            lines.AddRange(
                new[] { type.StartsWith("data", StringComparison.Ordinal) ? "output" : "success", "error" }.Select(port =>
                    Graphs.Line(step.Name, next.Name, port)
                )
            );
        }

        lines.Add(Graphs.Line("event", "each", "error"));
        var workflow = await member.PublishAsync(nodes, lines, "Odd");
        var started = await member.PostRawAsync($"/api/v1/workflows/{workflow}/execute", $$"""{"variables": {"values": {{Values}} } }""");
        Assert.True(started.Status == 202, started.Text);
        var execution = started.Data.GetProperty("execution_id").GetGuid();

        // Some failures are tried again, and each waits for an event that nobody sends.
        await Eventually.True(
            async () =>
                (await member.GetAsync($"/api/v1/workflows/executions/{execution}")).Data.GetProperty("status").GetString()
                    is "completed"
                        or "failed",
            TimeSpan.FromSeconds(120),
            Ct
        );
        Assert.Equal("completed", (await member.EndedAsync(execution)).GetProperty("status").GetString());
        var incidents = await member.GetAsync($"/api/v1/workflows/executions/{execution}/incidents?limit=1000");
        Assert.DoesNotContain("node.crashed", incidents.Text, StringComparison.Ordinal);
        Assert.Contains("\"incidents\"", incidents.Text, StringComparison.Ordinal);
    }
}
