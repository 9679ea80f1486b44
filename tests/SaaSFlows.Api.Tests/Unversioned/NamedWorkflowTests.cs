using System.Net.Http.Json;
using System.Text.Json;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests.Unversioned;

/// <summary>The paths without a version that take a workflow by its name.</summary>
public sealed class NamedWorkflowTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Ends with what reached its webhook's node, and with a variable.
    private static (object Nodes, object Connections) Hook { get; } =
        (
            new Dictionary<string, object>
            {
                ["hook"] = Node("trigger_webhook", new { response_mode = "result" }),
                ["manual"] = Node("trigger_manual"),
                ["end"] = Node("flow_end", new { output_data = new { got = "{{input}}", name = "{{name}}" } }),
            },
            new[] { Line("hook", "end"), Line("manual", "end") }
        );

    [Fact]
    public async Task A_name_is_found_however_its_accents_are_composed()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, name: "Ku\u0308che");

        Assert.Equal(202, (await member.PostAsync("/api/workflows/execute/k\u00fcche")).Status);
        Assert.Equal(202, (await member.PostAsync("/api/workflows/execute/Ku\u0308che")).Status);
        foreach (var search in new[] { "K\u00fcch", "Ku\u0308ch" })
        {
            var found = Assert.Single((await member.GetAsync($"/api/v1/workflows?search={Uri.EscapeDataString(search)}")).Data.EnumerateArray());
            Assert.Equal((workflow, "Ku\u0308che"), (found.GetProperty("workflow_id").GetGuid(), found.GetProperty("name").GetString()));
        }
    }

    [Fact]
    public async Task A_workflow_is_executed_by_its_name_with_data()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Echo.Nodes, Echo.Connections, "lead_nurturing");

        var ended = await EndedAsync(
            member,
            await member.PostAsync("/api/workflows/execute/lead_nurturing", new { data = new { name = "John Doe", email = "john@example.com" } })
        );

        Assert.Equal("john@example.com", ended.GetProperty("final_output").GetProperty("email").GetString());
        Assert.Equal(202, (await member.PostAsync("/api/workflows/execute/lead-nurturing")).Status);
    }

    [Fact]
    public async Task Parameters_of_the_address_are_the_data_of_a_trigger()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Echo.Nodes, Echo.Connections, "lead_nurturing");

        var triggered = await member.GetAsync("/api/workflows/trigger/lead_nurturing?name=John+Doe&email=john@example.com&tag=a&tag=b&empty=");

        Assert.True(triggered.Response.Headers.CacheControl!.NoStore);
        var output = (await EndedAsync(member, triggered)).GetProperty("final_output");
        Assert.Equal("""{"name":"John Doe","email":"john@example.com","tag":["a","b"],"empty":""}""", output.GetRawText());
    }

    [Fact]
    public async Task A_webhook_takes_the_address_and_the_body_together_and_the_body_wins()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Hook.Nodes, Hook.Connections, "lead_nurturing");
        member.Http.DefaultRequestHeaders.Add("X-API-Key", "not looked at beside a bearer token");

        var answer = await member.PostRawAsync(
            "/api/webhooks/lead_nurturing?source=website&name=URL",
            """{"name": "Jane Doe", "email": "jane@example.com"}"""
        );

        Assert.Equal((200, "completed"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        var output = answer.Json.GetProperty("output");
        Assert.Equal(
            """{"source":"website","name":"Jane Doe","email":"jane@example.com"}""",
            output.GetProperty("got").GetProperty("payload").GetRawText()
        );
        Assert.Equal("URL", output.GetProperty("got").GetProperty("query").GetProperty("name").GetString());
        Assert.Equal("Jane Doe", output.GetProperty("name").GetString());
        Assert.DoesNotContain(
            output.GetProperty("got").GetProperty("headers").EnumerateObject(),
            header => header.Name is "authorization" or "x-api-key"
        );
        Assert.Equal("webhook", (await member.GetAsync("/api/executions")).Json[0].GetProperty("trigger").GetString());

        var addressOnly = await Answer.FromAsync(await member.Http.PostAsync("/api/webhooks/lead_nurturing?name=Jane+Doe", null, Ct));
        Assert.Equal("Jane Doe", addressOnly.Json.GetProperty("output").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_webhook_by_name_starts_a_workflow_without_a_webhook_by_hand()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Echo.Nodes, Echo.Connections, "flow");

        var answer = await member.PostRawAsync("/api/webhooks/flow?a=b", """{"c": "d"}""");

        Assert.Equal(200, answer.Status);
        Assert.False(answer.Json.TryGetProperty("output", out _));
        Assert.Equal("b", (await EndedAsync(member, answer)).GetProperty("final_output").GetProperty("a").GetString());
    }

    [Fact]
    public async Task A_second_start_with_the_same_key_is_the_first_ones_execution()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Hook.Nodes, Hook.Connections, "flow");
        member.Http.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");
        (string, Func<string, Task<Answer>>)[] starts =
        [
            ("execute", data => member.PostAsync("/api/workflows/execute/flow", new { data = new { data } })),
            ("trigger", data => member.GetAsync($"/api/workflows/trigger/flow?data={data}")),
            ("webhook", data => member.PostAsync("/api/webhooks/flow", new { data })),
        ];

        foreach (var (name, start) in starts)
        {
            member.Http.DefaultRequestHeaders.Remove("Idempotency-Key");
            member.Http.DefaultRequestHeaders.Add("Idempotency-Key", name);
            var (first, second, other) = (await start("a"), await start("a"), await start("b"));
            Assert.Equal(first.Json.GetProperty("id").GetGuid(), second.Json.GetProperty("id").GetGuid());
            Assert.Equal("true", second.Response.Headers.GetValues("Idempotent-Replayed").Single());
            Assert.Equal((409, "event.body_differs"), (other.Status, other.Reason));
        }
    }

    [Fact]
    public async Task No_page_starts_a_workflow_with_the_cookies_of_its_reader()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Echo.Nodes, Echo.Connections, "flow");
        var login = await host.Anonymous()
            .PostAsJsonAsync(
                "/api/v1/auth/login",
                new
                {
                    email = member.Email,
                    password = Member.Password,
                    cookie = true,
                },
                Ct
            );
        var cookies = login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        using var browser = host.Anonymous();
        browser.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies));

        Assert.Equal(200, (int)(await browser.GetAsync("/api/workflows", Ct)).StatusCode);
        var trigger = await Answer.FromAsync(await browser.GetAsync("/api/workflows/trigger/flow?a=b", Ct));
        Assert.Equal((403, "trigger.by_cookie"), (trigger.Status, trigger.Reason));
        browser.DefaultRequestHeaders.Add(
            "X-CSRF-Token",
            cookies.Single(cookie => cookie.StartsWith("saasflows_csrf=", StringComparison.Ordinal)).Split('=', 2)[1]
        );
        Assert.Equal(403, (int)(await browser.GetAsync("/api/workflows/trigger/flow", Ct)).StatusCode);
        browser.DefaultRequestHeaders.Remove("X-CSRF-Token");
        foreach (var path in new[] { "/api/workflows/execute/flow", "/api/webhooks/flow", "/api/workflows/toggle/flow" })
        {
            Assert.Equal("antiforgery.missing", (await Answer.FromAsync(await browser.PostAsync(path, null, Ct))).Reason);
        }

        Assert.Empty((await member.GetAsync("/api/executions")).Json.EnumerateArray());
        var key = (await member.PostAsync("/api/v1/api-keys", new { name = "k" })).Data.GetProperty("key").GetString();
        browser.DefaultRequestHeaders.Add("X-API-Key", key);
        Assert.Equal(202, (int)(await browser.GetAsync("/api/workflows/trigger/flow", Ct)).StatusCode);
    }

    [Fact]
    public async Task Toggling_publishes_pauses_and_resumes()
    {
        var member = await host.RegisterAsync();
        await member.CreateAsync(Webhook.Nodes, Webhook.Connections, "newsletter_automation");

        foreach (var (active, webhooks, status) in new[] { (true, 1, 200), (false, 0, 409), (true, 0, 200) })
        {
            var toggled = await member.PostAsync("/api/workflows/toggle/newsletter_automation");
            Assert.Equal(
                (200, active, webhooks),
                (toggled.Status, toggled.Json.GetProperty("active").GetBoolean(), toggled.Json.GetProperty("webhooks").GetArrayLength())
            );
            Assert.Equal(status, (await member.PostAsync("/api/webhooks/newsletter_automation", new { })).Status);
        }

        await member.CreateAsync(new { broken = Node("trigger_manual", new { }), lost = Node("no_such_type") }, Array.Empty<object>(), "invalid");
        Assert.Equal(400, (await member.PostAsync("/api/workflows/toggle/invalid")).Status);
    }

    [Fact]
    public async Task Logs_are_executions_with_what_their_nodes_said()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                call = Node("action_http", new { url = receiver.Url }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "call"), Line("call", "end", "success") },
            "lead_nurturing"
        );
        var first = await member.StartAsync(id);
        await member.EndedAsync(first);
        var second = await member.StartAsync(id);
        await member.EndedAsync(second);

        var logs = await member.GetAsync("/api/workflows/logs/lead_nurturing?limit=1");

        Assert.Equal("2", logs.Response.Headers.GetValues("X-Total-Count").Single());
        var newest = Assert.Single(logs.Json.EnumerateArray());
        Assert.Equal(
            (second, "lead-nurturing", false),
            (newest.GetProperty("id").GetGuid(), newest.GetProperty("workflow_name").GetString(), newest.GetProperty("logs_truncated").GetBoolean())
        );
        Assert.Equal(["start", "call", "end"], newest.GetProperty("logs").EnumerateArray().Select(entry => entry.GetProperty("node_id").GetString()));
        Assert.All(newest.GetProperty("logs").EnumerateArray(), entry => Assert.NotEmpty(entry.GetProperty("lines").EnumerateArray()));
        Assert.Equal(
            first,
            Assert
                .Single((await member.GetAsync("/api/workflows/logs/lead_nurturing?limit=1&page=2")).Json.EnumerateArray())
                .GetProperty("id")
                .GetGuid()
        );
        Assert.Equal(400, (await member.GetAsync("/api/workflows/logs/lead_nurturing?limit=21")).Status);
    }

    [Fact]
    public async Task Statistics_sum_up_what_the_caller_sees()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var good = await owner.PublishAsync(Echo.Nodes, Echo.Connections, "good");
        var waits = await owner.PublishAsync(Wait.Nodes, Wait.Connections, "waits");
        await owner.EndedAsync(await owner.StartAsync(good));
        var last = await owner.StartAsync(waits);
        await owner.ParkedAsync(last);
        await FailAsync(owner, "bad");

        var (all, one, none) = (
            await owner.GetAsync("/api/workflows/stats"),
            await owner.GetAsync("/api/workflows/stats/waits"),
            await stranger.GetAsync("/api/workflows/stats")
        );

        Assert.Equal((3, 1, 1, 0, 1, 0.5), Sums(all.Json));
        Assert.True(all.Json.GetProperty("average_duration_seconds").GetDouble() > 0);
        Assert.Equal((1, 0, 0, 0, 1, null), Sums(one.Json));
        Assert.Equal(
            (last, "waiting"),
            (
                one.Json.GetProperty("last_execution").GetProperty("id").GetGuid(),
                one.Json.GetProperty("last_execution").GetProperty("status").GetString()
            )
        );
        Assert.Equal(
            (30, true, JsonValueKind.Null),
            (
                one.Json.GetProperty("days").GetInt32(),
                one.Json.GetProperty("active").GetBoolean(),
                one.Json.GetProperty("average_duration_seconds").ValueKind
            )
        );
        Assert.Equal((0, 0, 0, 0, 0, null), Sums(none.Json));

        // What was not granted is not counted.
        var editor = await host.InviteAsync(owner, "editor");
        Assert.Equal(
            200,
            (await owner.PutAsync($"/api/v1/workflows/{good}/permissions", new { is_restricted = true, grants = Array.Empty<object>() })).Status
        );
        Assert.Equal((2, 0, 1, 0, 1, 0.0), Sums((await editor.GetAsync("/api/workflows/stats")).Json));
        Assert.Equal(404, (await editor.GetAsync("/api/workflows/stats/good")).Status);
        Assert.Equal(2, (await editor.GetAsync("/api/executions")).Json.GetArrayLength());
    }

    private static async Task FailAsync(Member member, string name)
    {
        var id = await member.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                call = Node("action_http", new { url = "{{input.url}}" }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "call"), Line("call", "end", "success") },
            name
        );
        await member.EndedAsync(await member.StartAsync(id, new { url = "no address" }));
    }

    private static (int, int, int, int, int, double?) Sums(JsonElement stats)
    {
        var rate = stats.GetProperty("success_rate");
        return (
            Number("total"),
            Number("successful"),
            Number("failed"),
            Number("cancelled"),
            Number("running"),
            rate.ValueKind == JsonValueKind.Null ? null : rate.GetDouble()
        );

        int Number(string name) => stats.GetProperty(name).GetInt32();
    }

    private static Task<JsonElement> EndedAsync(Member member, Answer started)
    {
        Assert.True(started.Status is 200 or 202, started.Text);
        return member.EndedAsync(started.Json.GetProperty("execution_id").GetGuid());
    }
}
