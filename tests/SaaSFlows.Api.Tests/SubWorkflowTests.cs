using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class SubWorkflowTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_parent_goes_on_with_what_the_child_put_out()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                end = Graphs.Node("flow_end", new { output_data = new { doubled = "{{input.amount * 2}}" } }),
            },
            new[] { Graphs.Line("start", "end") }
        );
        var key = (await member.GetAsync($"/api/v1/workflows/{child}")).Data.GetProperty("key").GetString();
        foreach (var named in new[] { child.ToString(), key! })
        {
            var parent = await ParentAsync(member, new { workflow = named, input = new { amount = "{{input.amount}}" } });
            var output = (await member.EndedAsync(await member.StartAsync(parent, new { amount = 21 }))).GetProperty("final_output");

            Assert.Equal(
                ("completed", 42),
                (output.GetProperty("status").GetString(), output.GetProperty("output").GetProperty("doubled").GetInt32())
            );
            var shown = (await member.GetAsync($"/api/v1/workflows/executions/{output.GetProperty("execution_id").GetGuid()}")).Data;
            Assert.Equal("workflow", shown.GetProperty("trigger").GetString());
        }
    }

    [Fact]
    public async Task A_hundred_parents_each_hear_of_their_own_child()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var parent = await ParentAsync(member, new { workflow = child, input = new { number = "{{input.number}}" } });
        var executions = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => member.StartAsync(parent, new { number })));

        foreach (var (number, execution) in executions.Index())
        {
            Assert.Equal(
                number,
                (await member.EndedAsync(execution)).GetProperty("final_output").GetProperty("output").GetProperty("number").GetInt32()
            );
        }

        Assert.Equal(
            100,
            (await member.GetAsync($"/api/v1/workflows/{child}/executions"))
                .Json.GetProperty("meta")
                .GetProperty("pagination")
                .GetProperty("total")
                .GetInt32()
        );
        await Eventually.True(async () => await host.CountAsync("select count(*) from engine.endings") == 0, TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task A_child_that_fails_takes_the_error_port_and_is_not_started_again()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                set = Graphs.Node("data_variable_set", new { variables = new { a = "{{input.nothing.at_all}}" } }),
            },
            new[] { Graphs.Line("start", "set") }
        );
        var parent = await ParentAsync(member, new { workflow = child });
        var ended = await member.EndedAsync(await member.StartAsync(parent));

        Assert.Equal("failed", ended.GetProperty("execution_path").EnumerateArray().Last().GetString());
        Assert.Equal("workflow.failed", ended.GetProperty("final_output").GetProperty("code").GetString());
        var error = ended.GetProperty("final_output").GetProperty("detail").GetProperty("error");
        Assert.Equal("set", error.GetProperty("node").GetString());
        Assert.StartsWith("expression.", error.GetProperty("code").GetString(), StringComparison.Ordinal);
        Assert.Single((await member.GetAsync($"/api/v1/workflows/{child}/executions")).Data.EnumerateArray());
    }

    [Fact]
    public async Task A_child_that_somebody_cancels_takes_the_error_port()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var parent = await member.StartAsync(await ParentAsync(member, new { workflow = child }));
        await member.ParkedAsync(parent);
        var execution = await ChildAsync(member, child);
        await member.ParkedAsync(execution);
        await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");

        Assert.Equal("workflow.cancelled", (await member.EndedAsync(parent)).GetProperty("final_output").GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_child_whose_end_can_never_be_told_gives_its_parent_an_error_and_an_incident()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var parent = await member.StartAsync(await ParentAsync(member, new { workflow = child }));
        await member.ParkedAsync(parent);
        var execution = await ChildAsync(member, child);
        await member.ParkedAsync(execution);

        // A row that nobody can read, as a broken disk would leave it.
        await using var connection = new Npgsql.NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var breaking = new Npgsql.NpgsqlCommand(
            $"""
            create function break_output() returns trigger language plpgsql as $$ begin new.output := '\x7b'; return new; end $$;
            create trigger break_output before update on engine.executions for each row when (new.id = '{execution}'
            and new.status > 3) execute function break_output();
            """,
            connection
        );
        await breaking.ExecuteNonQueryAsync(Ct);
        await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        await Eventually.True(
            async () =>
            {
                await using var hurry = new Npgsql.NpgsqlCommand(
                    "update engine.endings set attempts = greatest(attempts, 7), available_at = now() where execution_id = $1 and attempts > 0 "
                        + "and available_at > now()",
                    connection
                )
                {
                    Parameters = { new() { Value = execution } },
                };
                await hurry.ExecuteNonQueryAsync(Ct);
                return (await member.GetAsync($"/api/v1/workflows/executions/{parent}")).Data.GetProperty("status").GetString() == "completed";
            },
            TimeSpan.FromSeconds(20),
            Ct
        );

        Assert.Equal("workflow.result_lost", (await member.EndedAsync(parent)).GetProperty("final_output").GetProperty("code").GetString());
        var incident = Assert.Single(
            (await member.GetAsync($"/api/v1/workflows/executions/{parent}/incidents")).Data.GetProperty("incidents").EnumerateArray()
        );
        Assert.Equal(
            ("call", "workflow.result_lost", "handled"),
            (incident.GetProperty("node_id").GetString(), incident.GetProperty("code").GetString(), incident.GetProperty("outcome").GetString())
        );
        await Eventually.True(
            async () => await host.ScalarAsync<long>("select count(*) from engine.endings where execution_id = $1", execution) == 0,
            TimeSpan.FromSeconds(10),
            Ct
        );
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_children_and_theirs()
    {
        var member = await host.RegisterAsync();
        var grandchild = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var child = await ParentAsync(member, new { workflow = grandchild });
        var execution = await member.StartAsync(await ParentAsync(member, new { workflow = child }));
        var last = await ChildAsync(member, grandchild);
        await member.ParkedAsync(last);
        await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");

        Assert.Equal("cancelled", (await member.EndedAsync(last)).GetProperty("status").GetString());
        Assert.Equal("cancelled", (await member.EndedAsync(await ChildAsync(member, child))).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("any_first")]
    [InlineData("loop_break")]
    public async Task A_branch_that_is_dropped_takes_its_child_with_it_while_the_parent_goes_on(string race)
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var kept = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections, "Kept");
        var wait = Graphs.Node("action_wait_event", new { event_type = "first" });
        var (nodes, lines) =
            race == "any_first"
                ? (
                    (object)
                        new
                        {
                            start = Graphs.Node("trigger_manual"),
                            fork = Graphs.Node("flow_parallel", new { execution_type = "any_first" }),
                            call = Graphs.Node("action_workflow", new { workflow = child }),
                            wait,
                            meet = Graphs.Node("flow_merge"),
                            last = Graphs.Node("action_workflow", new { workflow = kept }),
                        },
                    new[]
                    {
                        Graphs.Line("start", "fork"),
                        Graphs.Line("fork", "call"),
                        Graphs.Line("fork", "wait"),
                        Graphs.Line("call", "meet", "success"),
                        Graphs.Line("wait", "meet", "received"),
                        Graphs.Line("meet", "last"),
                    }
                )
                : (
                    new
                    {
                        start = Graphs.Node("trigger_manual"),
                        each = Graphs.Node("loop_foreach", new { array_variable = new[] { 1 } }),
                        call = Graphs.Node("action_workflow", new { workflow = child }),
                        wait,
                        stop = Graphs.Node("loop_break"),
                        last = Graphs.Node("action_workflow", new { workflow = kept }),
                    },
                    new[]
                    {
                        Graphs.Line("start", "each"),
                        Graphs.Line("each", "call", "loop"),
                        Graphs.Line("each", "wait", "loop"),
                        Graphs.Line("wait", "stop", "received"),
                        Graphs.Line("each", "last", "complete"),
                    }
                );
        var parent = await member.StartAsync(await member.PublishAsync(nodes, lines));
        await member.ParkedAsync(parent);
        var dropped = await ChildAsync(member, child);
        await member.ParkedAsync(dropped);
        await member.PostAsync("/api/v1/events", new { event_type = "first" });

        Assert.Equal("cancelled", (await member.EndedAsync(dropped)).GetProperty("status").GetString());
        await member.ParkedAsync(await ChildAsync(member, kept));
        await member.ParkedAsync(parent);
    }

    [Fact]
    public async Task A_parent_that_does_not_wait_ends_first_and_its_child_goes_on()
    {
        var member = await host.RegisterAsync();
        var child = await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections);
        var output = (
            await member.EndedAsync(await member.StartAsync(await ParentAsync(member, new { workflow = child, wait = false })))
        ).GetProperty("final_output");
        var execution = output.GetProperty("execution_id").GetGuid();

        await member.ParkedAsync(execution);
        Assert.Equal(0, await host.CountAsync("select on_end from engine.executions where id = $1", execution));
    }

    [Fact]
    public async Task A_workflow_that_calls_itself_stops_at_ten_deep_with_its_own_code()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(new { }, Array.Empty<object>(), "Endless");
        await member.PutAsync(
            $"/api/v1/workflows/{id}",
            new
            {
                nodes = new { start = Graphs.Node("trigger_manual"), again = Graphs.Node("action_workflow", new { workflow = id }) },
                connections = new[] { Graphs.Line("start", "again") },
            }
        );
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);
        await member.EndedAsync(await member.StartAsync(id));

        var executions = (await member.GetAsync($"/api/v1/workflows/{id}/executions")).Data;
        Assert.Equal(11, executions.GetArrayLength());
        Assert.Equal(
            1,
            await host.CountAsync("select count(*) from engine.executions where workflow_id = $1 and error_code = 'workflow.too_deep'", id)
        );
    }

    [Fact]
    public async Task Another_tenants_or_communitys_workflow_is_not_found()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var foreign = await stranger.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var ended = await member.EndedAsync(await member.StartAsync(await ParentAsync(member, new { workflow = foreign })));

        Assert.Equal("workflow.not_found", ended.GetProperty("final_output").GetProperty("code").GetString());
        Assert.Empty((await stranger.GetAsync("/api/v1/executions")).Data.EnumerateArray());
    }

    private static Task<Guid> ParentAsync(Member member, object call) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_workflow", call),
                done = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
                failed = Graphs.Node("flow_end", new { output_data = "{{input}}" }),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "done", "success"), Graphs.Line("call", "failed", "error") }
        );

    private static async Task<Guid> ChildAsync(Member member, Guid workflow)
    {
        Guid? found = null;
        await Eventually.True(
            async () =>
            {
                found = (await member.GetAsync($"/api/v1/workflows/{workflow}/executions"))
                    .Data.EnumerateArray()
                    .Select(execution => (Guid?)execution.GetProperty("execution_id").GetGuid())
                    .SingleOrDefault();
                return found is not null;
            },
            TimeSpan.FromSeconds(20),
            Ct
        );
        return found!.Value;
    }
}
