using System.Net;

namespace SaaSFlows.Api.Tests;

public sealed class RetryTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Failed_execution_is_retried_from_the_start_and_both_are_linked()
    {
        var member = await host.RegisterAsync();
        using var receiver = new Receiver(HttpStatusCode.BadRequest);
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node(
                    "action_http",
                    new
                    {
                        url = receiver.Url,
                        method = "POST",
                        body = new { name = "{{input.name}}" },
                    }
                ),
                end = Graphs.Node("flow_end", new { output_data = "{{nodes.start.output.name}}" }),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "end", "success") }
        );
        var first = await StartAsync(member, workflow, new { variables = new { name = "Ann" }, metadata = new { ticket = 7 } });
        Assert.Equal("failed", (await member.EndedAsync(first)).GetProperty("status").GetString());

        receiver.Answer = HttpStatusCode.OK;
        var retry = await member.PostAsync($"/api/v1/workflows/executions/{first}/retry");
        Assert.Equal(202, retry.Status);
        var second = retry.Data.GetProperty("execution_id").GetGuid();
        var ended = await member.EndedAsync(second);

        Assert.Equal(
            ("completed", "Ann", 7, first),
            (
                ended.GetProperty("status").GetString(),
                ended.GetProperty("final_output").GetString(),
                ended.GetProperty("metadata").GetProperty("ticket").GetInt32(),
                ended.GetProperty("retry_of").GetGuid()
            )
        );
        Assert.Equal(second, Assert.Single((await member.EndedAsync(first)).GetProperty("retries").EnumerateArray()).GetGuid());
        Assert.Equal(
            second,
            Assert.Single((await member.GetAsync($"/api/v1/executions?retry_of={first}")).Data.EnumerateArray()).GetProperty("execution_id").GetGuid()
        );
        Assert.Equal(2, receiver.Calls.Select(call => call.IdempotencyKey).Distinct().Count());
    }

    [Fact]
    public async Task Retry_from_a_node_runs_only_what_follows_on_the_version_that_was_asked_for()
    {
        var member = await host.RegisterAsync();
        using var receiver = new Receiver(HttpStatusCode.OK);
        object Nodes(string text) =>
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_http", new { url = receiver.Url }),
                set = Graphs.Node("data_variable_set", new { variables = new { total = "{{n * 2}}" } }),
                end = Graphs.Node("flow_end", new { output_data = text + " {{total}} {{nodes.call.output.status}}" }),
            };
        var lines = new[] { Graphs.Line("start", "call"), Graphs.Line("call", "set", "success"), Graphs.Line("set", "end") };
        var workflow = await member.PublishAsync(Nodes("one"), lines);
        var first = await StartAsync(member, workflow, new { variables = new { n = 21 } });
        Assert.Equal("one 42 200", (await member.EndedAsync(first)).GetProperty("final_output").GetString());
        await member.PutAsync($"/api/v1/workflows/{workflow}", new { nodes = Nodes("two") });
        await member.PostAsync($"/api/v1/workflows/{workflow}/publish");

        foreach (var (version, output) in new[] { ("same", "one 42 200"), ("latest", "two 42 200") })
        {
            var retry = await member.PostAsync($"/api/v1/workflows/executions/{first}/retry", new { from_node = "set", version });
            var ended = await member.EndedAsync(retry.Data.GetProperty("execution_id").GetGuid());
            Assert.Equal((output, "set"), (ended.GetProperty("final_output").GetString(), ended.GetProperty("retry_from_node").GetString()));
            Assert.Equal(["set", "end"], ended.GetProperty("execution_path").EnumerateArray().Select(node => node.GetString()));

            // A retry can be retried, too: it begins where it began.
            var again = await member.PostAsync($"/api/v1/workflows/executions/{ended.GetProperty("execution_id").GetGuid()}/retry");
            Assert.Equal(output, (await member.EndedAsync(again.Data.GetProperty("execution_id").GetGuid())).GetProperty("final_output").GetString());
        }

        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task What_cannot_be_retried_is_refused_with_its_reason()
    {
        var member = await host.RegisterAsync();
        var stranger = await host.RegisterAsync();
        var waiting = await StartAsync(member, await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections));
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var ended = await StartAsync(member, workflow);
        await member.EndedAsync(ended);

        Assert.Equal((409, "execution.not_ended"), Reason(await member.PostAsync($"/api/v1/workflows/executions/{waiting}/retry")));
        Assert.Equal((404, "execution.not_found"), Reason(await stranger.PostAsync($"/api/v1/workflows/executions/{ended}/retry")));
        Assert.Equal((404, "execution.not_found"), Reason(await member.PostAsync($"/api/v1/workflows/executions/{Guid.NewGuid()}/retry")));
        Assert.Equal(
            (400, "input.invalid"),
            Reason(await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry", new { version = "oldest" }))
        );
        Assert.Equal(
            (400, "input.invalid"),
            Reason(await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry", new { from_node = "nowhere" }))
        );

        await member.PutAsync(
            $"/api/v1/workflows/{workflow}",
            new
            {
                nodes = new { start = Graphs.Node("trigger_manual"), last = Graphs.Node("flow_end") },
                connections = new[] { Graphs.Line("start", "last") },
            }
        );
        await member.PostAsync($"/api/v1/workflows/{workflow}/publish");
        Assert.Equal(
            (400, "input.invalid"),
            Reason(await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry", new { from_node = "end", version = "latest" }))
        );
        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry", new { from_node = "end" })).Status);

        await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        Assert.Equal((409, "workflow.paused"), Reason(await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry")));
        await member.DeleteAsync($"/api/v1/workflows/{workflow}");
        foreach (var version in new[] { "same", "latest" })
        {
            Assert.Equal((409, "workflow.archived"), Reason(await member.PostAsync($"/api/v1/workflows/executions/{ended}/retry", new { version })));
        }
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("disabled")]
    [InlineData("retyped")]
    public async Task Newest_version_must_still_have_what_the_execution_begins_at(string change)
    {
        var member = await host.RegisterAsync();
        object Nodes(object? start, object? set) =>
            new Dictionary<string, object?>
            {
                ["start"] = start,
                ["other"] = Graphs.Node("trigger_manual"),
                ["set"] = set,
                ["end"] = Graphs.Node("flow_end"),
            }
                .Where(node => node.Value is not null)
                .ToDictionary();
        object Set(bool enabled) =>
            new
            {
                node_type = "data_variable_set",
                label = "set",
                enabled,
                config = new { variables = new { a = 1 } },
            };
        var lines = new[] { Graphs.Line("other", "end"), Graphs.Line("start", "set"), Graphs.Line("set", "end") };
        var workflow = await member.PublishAsync(Nodes(Graphs.Node("trigger_manual"), Set(true)), lines);
        var first = (await member.PostAsync($"/api/v1/workflows/{workflow}/execute", new { trigger_node = "start" }))
            .Data.GetProperty("execution_id")
            .GetGuid();
        await member.EndedAsync(first);
        var fromSet = (await member.PostAsync($"/api/v1/workflows/executions/{first}/retry", new { from_node = "set" }))
            .Data.GetProperty("execution_id")
            .GetGuid();
        await member.EndedAsync(fromSet);

        var (nodes, kept) = change switch
        {
            "gone" => (Nodes(null, null), lines[..1]),
            "disabled" => (
                Nodes(
                    new
                    {
                        node_type = "trigger_manual",
                        label = "start",
                        enabled = false,
                    },
                    Set(false)
                ),
                lines
            ),
            _ => (Nodes(Graphs.Node("trigger_webhook"), Graphs.Node("flow_merge")), lines),
        };
        Assert.Equal(200, (await member.PutAsync($"/api/v1/workflows/{workflow}", new { nodes, connections = kept })).Status);
        var published = await member.PostAsync($"/api/v1/workflows/{workflow}/publish");
        Assert.True(published.Status == 200, published.Text);

        // From the start, from the node by name, and a retry that had begun at the node: each says which choice is wrong and names the node.
        foreach (
            var (execution, choice, field, node) in new (Guid, object, string, string)[]
            {
                (first, new { version = "latest" }, "version", "start"),
                (first, new { version = "latest", from_node = "start" }, "version", "start"),
                (first, new { version = "latest", from_node = "set" }, "from_node", "set"),
                (fromSet, new { version = "latest" }, "version", "set"),
            }
        )
        {
            var refused = await member.PostAsync($"/api/v1/workflows/executions/{execution}/retry", choice);
            Assert.True(refused.Status == 400, $"{field} {node}: {refused.Text}");
            Assert.Contains($"'{node}'", refused.Details.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/executions/{fromSet}/retry")).Status);
    }

    [Fact]
    public async Task Node_that_never_ran_cannot_be_begun_at()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                check = Graphs.Node(
                    "condition_if",
                    new
                    {
                        condition = new[]
                        {
                            new
                            {
                                variable = "n",
                                @operator = "equals",
                                value = 1,
                            },
                        },
                    }
                ),
                yes = Graphs.Node("flow_end"),
                no = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "check"), Graphs.Line("check", "yes", "true"), Graphs.Line("check", "no", "false") }
        );
        var execution = await StartAsync(member, workflow, new { variables = new { n = 1 } });
        await member.EndedAsync(execution);

        var refused = await member.PostAsync($"/api/v1/workflows/executions/{execution}/retry", new { from_node = "no" });
        Assert.Equal("never ran in this execution.", refused.Details.GetProperty("errors").GetProperty("from_node")[0].GetString());
    }

    internal static async Task<Guid> StartAsync(Member member, Guid workflow, object? body = null)
    {
        var started = await member.PostAsync($"/api/v1/workflows/{workflow}/execute", body);
        Assert.True(started.Status == 202, started.Text);
        return started.Data.GetProperty("execution_id").GetGuid();
    }

    private static (int, string) Reason(Answer answer) => (answer.Status, answer.Reason);
}
