using System.Text.Json;

namespace SaaSFlows.Api.Tests;

public sealed class NodeRunTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task An_iteration_that_failed_is_counted_and_can_be_opened_though_later_ones_passed()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                each = Graphs.Node("loop_foreach", new { array_variable = "{{input.list}}" }),
                half = Failing("data_transform", new { transformations = new { half = "item.by.most" } }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "each"), Graphs.Line("each", "half", "loop"), Graphs.Line("each", "end", "complete") }
        );
        var execution = await member.StartAsync(
            workflow,
            new { list = new object[] { new { by = new { most = 1 } }, new { none = 2 }, new { by = new { most = 5 } } } }
        );
        var ended = await member.EndedAsync(execution);

        var last = ended.GetProperty("node_states").GetProperty("half");
        Assert.Equal(
            ("completed", 3, 1),
            (last.GetProperty("status").GetString(), last.GetProperty("runs").GetInt32(), last.GetProperty("failed_runs").GetInt32())
        );
        var path = $"/api/v1/workflows/executions/{execution}/nodes/half/runs";
        var failed = Assert.Single((await member.GetAsync($"{path}?status=failed")).Data.GetProperty("runs").EnumerateArray());
        Assert.Equal(("failed", "each:1"), (failed.GetProperty("status").GetString(), failed.GetProperty("scope").GetString()));
        Assert.Equal(JsonValueKind.Object, failed.GetProperty("error").ValueKind);

        var scopes = new List<string?>();
        for (long? after = 0; after is not null; )
        {
            var page = (await member.GetAsync($"{path}?limit=2&after={after}")).Data;
            scopes.AddRange(page.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("scope").GetString()));
            after = page.GetProperty("next_after") is { ValueKind: JsonValueKind.Number } next ? next.GetInt64() : null;
        }

        Assert.Equal(["each:0", "each:1", "each:2"], scopes);
        Assert.Equal("node.not_found", (await member.GetAsync($"/api/v1/workflows/executions/{execution}/nodes/none/runs")).Reason);
        Assert.Equal(404, (await (await host.RegisterAsync()).GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_waiting_node_says_until_when()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var execution = await member.StartAsync(workflow);
        await member.ParkedAsync(execution);
        var waiting = (await member.GetAsync($"/api/v1/workflows/executions/{execution}")).Data;

        var node = waiting.GetProperty("node_states").GetProperty("wait");
        var hours = node.GetProperty("waiting_until").GetDateTimeOffset() - node.GetProperty("started_at").GetDateTimeOffset();
        Assert.Equal(60, hours.TotalMinutes, tolerance: 0.1);

        Assert.Contains("cancel", waiting.GetProperty("allowed_actions").EnumerateArray().Select(action => action.GetString()));
        await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        var ended = (await member.EndedAsync(execution)).GetProperty("node_states").GetProperty("wait");
        Assert.Equal(JsonValueKind.Null, ended.GetProperty("waiting_until").ValueKind);
    }

    private static object Failing(string type, object config) =>
        new
        {
            node_type = type,
            label = type,
            position = new { x = 0, y = 0 },
            config,
            on_error = "continue",
        };
}
