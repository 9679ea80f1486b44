using System.Net;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class IncidentTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly (object Nodes, object Connections) Failing = (
        new { start = Graphs.Node("trigger_manual"), end = Graphs.Node("flow_end", new { output_data = "{{no_such_name}}" }) },
        new[] { Graphs.Line("start", "end") }
    );

    private static readonly (object Nodes, object Connections) Handler = (
        new { start = Graphs.Node("trigger_manual"), end = Graphs.Node("flow_end", new { output_data = "{{input}}" }) },
        new[] { Graphs.Line("start", "end") }
    );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Incidents_tell_node_code_try_and_what_followed()
    {
        var member = await host.RegisterAsync();
        using var receiver = new Receiver(HttpStatusCode.ServiceUnavailable);
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = new
                {
                    node_type = "action_http",
                    label = "c",
                    config = new { url = receiver.Url },
                    retry = new
                    {
                        max_attempts = 2,
                        backoff = "fixed",
                        initial_seconds = 0,
                    },
                },
                end = Graphs.Node("flow_end", new { output_data = "{{no_such_name}}" }),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "error") }
        );
        var execution = await RetryTests.StartAsync(member, workflow);
        var ended = await member.EndedAsync(execution);
        var list = (await member.GetAsync($"/api/v1/workflows/executions/{execution}/incidents")).Data;

        var incidents = list.GetProperty("incidents").EnumerateArray().ToList();
        Assert.Equal(
            [("call", 1, "retried"), ("call", 2, "handled"), ("end", 1, "failed")],
            incidents.Select(one =>
                (one.GetProperty("node_id").GetString(), one.GetProperty("attempt").GetInt32(), one.GetProperty("outcome").GetString())
            )
        );
        Assert.Equal(ended.GetProperty("error_code").GetString(), incidents[2].GetProperty("code").GetString());
        Assert.Equal(list.GetProperty("incidents").GetRawText(), ended.GetProperty("incidents").GetRawText());

        var page = (await member.GetAsync($"/api/v1/workflows/executions/{execution}/incidents?limit=2")).Data;
        var rest = (
            await member.GetAsync($"/api/v1/workflows/executions/{execution}/incidents?after={page.GetProperty("next_after").GetInt64()}")
        ).Data;
        Assert.Equal("end", Assert.Single(rest.GetProperty("incidents").EnumerateArray()).GetProperty("node_id").GetString());
        Assert.Equal(404, (await (await host.RegisterAsync()).GetAsync($"/api/v1/workflows/executions/{execution}/incidents")).Status);
    }

    [Fact]
    public async Task Logs_come_in_pages_of_whole_entries()
    {
        var member = await host.RegisterAsync();
        using var receiver = new Receiver(HttpStatusCode.OK);
        var nodes = new Dictionary<string, object> { ["start"] = Graphs.Node("trigger_manual") };
        for (var i = 1; i <= 3; i++)
        {
            nodes[$"call{i}"] = Graphs.Node("action_http", new { url = receiver.Url });
        }

        var workflow = await member.PublishAsync(
            nodes,
            new[] { Graphs.Line("start", "call1"), Graphs.Line("call1", "call2", "success"), Graphs.Line("call2", "call3", "success") }
        );
        var execution = await RetryTests.StartAsync(member, workflow);
        await member.EndedAsync(execution);

        var path = $"/api/v1/workflows/executions/{execution}/logs";
        var all = (await member.GetAsync(path)).Data;
        var first = (await member.GetAsync($"{path}?limit=1")).Data;
        var rest = (await member.GetAsync($"{path}?after={first.GetProperty("last_seq").GetInt64()}")).Data;
        Assert.Equal(["start", "call1", "call2", "call3"], Nodes(all));
        Assert.False(all.GetProperty("has_more").GetBoolean());
        Assert.True(first.GetProperty("has_more").GetBoolean());
        Assert.Equal(Nodes(all), [.. Nodes(first), .. Nodes(rest)]);
        Assert.Equal(["call2"], Nodes((await member.GetAsync($"{path}?node_id=call2")).Data));
        Assert.Equal(404, (await (await host.RegisterAsync()).GetAsync(path)).Status);

        static List<string?> Nodes(JsonElement page) =>
            [.. page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("node_id").GetString())];
    }

    [Fact]
    public async Task Failure_starts_the_workflow_that_looks_after_it_once_and_uncounted()
    {
        var member = await host.RegisterAsync();
        var handler = await member.PublishAsync(Handler.Nodes, Handler.Connections, "Watch");
        var failing = await PublishAsync(member, Failing, "Failing", "watch");
        var execution = await RetryTests.StartAsync(member, failing);
        var failed = await member.EndedAsync(execution);

        var started = Assert.Single(await ExecutionsAsync(member, handler, 1));
        Assert.Equal("on_failure", started.GetProperty("trigger").GetString());
        var output = (await member.EndedAsync(started.GetProperty("execution_id").GetGuid())).GetProperty("final_output");
        Assert.Equal(execution, output.GetProperty("execution").GetProperty("id").GetGuid());
        Assert.Equal(("failing", "end"), (output.GetProperty("workflow").GetProperty("key").GetString(), output.GetProperty("node").GetString()));
        Assert.Equal(failed.GetProperty("error_code").GetString(), output.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(1L, await host.ScalarAsync<long>("select count(*) from engine.usage_facts where tenant_id = $1", member.Tenant));
    }

    [Fact]
    public async Task Failure_of_what_looks_after_failures_starts_nothing()
    {
        var member = await host.RegisterAsync();
        // Each looks after the other.
        var one = await member.PublishAsync(Handler.Nodes, Handler.Connections, "One");
        var two = await PublishAsync(member, Failing, "Two", "one");
        await PublishAsync(member, Failing, null, "two", one);
        await RetryTests.StartAsync(member, two);

        var started = Assert.Single(await ExecutionsAsync(member, one, 1));
        Assert.Equal("failed", (await member.EndedAsync(started.GetProperty("execution_id").GetGuid())).GetProperty("status").GetString());
        await EndingsAreDoneAsync(member);
        Assert.Single(await ExecutionsAsync(member, two, 1));

        // Nor does a retry of it.
        var retry = await member.PostAsync($"/api/v1/workflows/executions/{started.GetProperty("execution_id").GetGuid()}/retry");
        await member.EndedAsync(retry.Data.GetProperty("execution_id").GetGuid());
        await EndingsAreDoneAsync(member);
        Assert.Single(await ExecutionsAsync(member, two, 1));
    }

    [Fact]
    public async Task Workflow_can_only_name_another_one_of_its_community()
    {
        var member = await host.RegisterAsync();
        var stranger = await host.RegisterAsync();
        var foreign = await stranger.PublishAsync(Handler.Nodes, Handler.Connections);
        var self = await member.CreateAsync(Failing.Nodes, Failing.Connections, "Self");
        foreach (var name in new[] { "nowhere", "self", $"{self}", $"{foreign}", $"{Guid.NewGuid()}" })
        {
            await member.PutAsync($"/api/v1/workflows/{self}", new { settings = new { on_failure = name } });
            var refused = await member.PostAsync($"/api/v1/workflows/{self}/publish");
            Assert.Equal(400, refused.Status);
            Assert.True(refused.Details.GetProperty("errors").TryGetProperty("settings.on_failure", out _), refused.Text);
        }
    }

    private static async Task<Guid> PublishAsync(
        Member member,
        (object Nodes, object Connections) graph,
        string? name,
        string onFailure,
        Guid? existing = null
    )
    {
        var id = existing ?? await member.CreateAsync(graph.Nodes, graph.Connections, name!);
        Assert.Equal(
            200,
            (
                await member.PutAsync(
                    $"/api/v1/workflows/{id}",
                    new
                    {
                        nodes = graph.Nodes,
                        connections = graph.Connections,
                        settings = new { on_failure = onFailure },
                    }
                )
            ).Status
        );
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);
        return id;
    }

    private static async Task<List<JsonElement>> ExecutionsAsync(Member member, Guid workflow, int atLeast)
    {
        List<JsonElement> found = [];
        await Eventually.True(
            async () => (found = [.. (await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray()]).Count >= atLeast,
            TimeSpan.FromSeconds(20),
            Ct
        );
        return found;
    }

    private Task EndingsAreDoneAsync(Member member) =>
        Eventually.True(
            async () => await host.ScalarAsync<long>("select count(*) from engine.endings where tenant_id = $1", member.Tenant) == 0,
            TimeSpan.FromSeconds(20),
            Ct
        );
}
