using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>Every limit stops what is over it under its own code, names itself, and cuts nothing.</summary>
public sealed class LimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"array_variable":[1,2,3],"max_iterations":2}""", "loop.too_many_iterations", "3 items; the limit is 2")]
    [InlineData("""{"array_variable":[1,2,3,4,5]}""", "loop.too_many_iterations", "5 items; the limit is 4")]
    [InlineData("""{"array_variable":["0123456789","0123456789"]}""", "loop.items_too_large", "the limit is 20")]
    public async Task A_list_over_a_limit_fails_the_loop_before_its_first_iteration(string config, string code, string words)
    {
        var bench = new EngineBench(limits: new EngineLimits { Iterations = 4, ItemsBytes = 20 });
        var view = await bench.RunAsync(Loop(config, "{}"), ct: Ct);

        Assert.Equal(code, view.ErrorCode);
        Assert.Contains(words, view.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(bench.Effect.Calls);
    }

    [Fact]
    public async Task Results_over_the_limit_of_an_output_fail_the_loop_as_soon_as_they_are()
    {
        var bench = new EngineBench(limits: new EngineLimits { OutputBytes = 100 });
        var view = await bench.RunAsync(
            Loop("""{"array_variable":[1,2,3,4,5,6],"collect":true}""", $$"""{"result":"{{new string('x', 45)}}"}"""),
            ct: Ct
        );

        Assert.Equal(("loop.results_too_large", "each"), (view.ErrorCode, view.ErrorNode?.Value));
        Assert.Contains("100 bytes", view.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(3, bench.Effect.Calls.Count);
    }

    [Fact]
    public async Task Node_runs_of_iterations_count()
    {
        var bench = new EngineBench(limits: new EngineLimits { NodeExecutions = 6 });
        var view = await bench.RunAsync(Loop("""{"array_variable":[1,2,3,4,5,6]}""", "{}"), ct: Ct);

        Assert.Equal("execution.too_many_nodes", view.ErrorCode);
        Assert.Equal(4, bench.Effect.Calls.Count);
    }

    [Fact]
    public async Task Running_time_is_limited_also_inside_of_one_effect()
    {
        var bench = new EngineBench(limits: new EngineLimits { RunningTime = TimeSpan.FromMinutes(2) });
        bench.Compile(Graphs.OneEffect("""{"wait_for":"never"}""", """, "timeout_seconds": 1000"""));
        var execution = bench.Accept();
        var run = bench.RunOnceAsync(Ct);
        await Eventually.True(() => !bench.Effect.Calls.IsEmpty && bench.Time.ActiveTimers > 1, TimeSpan.FromSeconds(30), Ct);

        bench.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(run.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await run;

        var view = bench.View(execution);
        Assert.Equal((ExecutionStatus.Failed, "execution.too_long"), (view.Status, view.ErrorCode));
        Assert.Contains("2 minutes", view.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_is_not_running()
    {
        var bench = new EngineBench(limits: new EngineLimits { RunningTime = TimeSpan.FromMinutes(2) });
        var view = await bench.RunAsync(
            """
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"wait":{"node_type":"action_delay","label":"w",
            "config":{"delay_seconds":10000} }},
             "connections":[{"from_node_id":"start","to_node_id":"wait"}]}
            """,
            ct: Ct
        );

        Assert.Equal(ExecutionStatus.Completed, view.Status);
    }

    [Fact]
    public async Task An_outage_does_not_use_up_the_running_time()
    {
        var bench = new EngineBench(limits: new EngineLimits { RunningTime = TimeSpan.FromMinutes(5) }) { CrashAt = CrashPoint.AfterEffect };
        bench.Compile(Graphs.OneEffect());
        var execution = bench.Accept();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.RunOnceAsync(Ct));
        bench.CrashAt = null;

        bench.Time.Advance(TimeSpan.FromHours(9));
        await bench.FinishAsync(execution, Ct);

        Assert.Equal(ExecutionStatus.Completed, bench.View(execution).Status);
    }

    [Fact]
    public async Task Ten_thousand_items_go_through_a_loop_and_the_path_says_that_it_is_longer()
    {
        var bench = new EngineBench();
        var items = string.Join(',', Enumerable.Range(0, 10_000));
        var view = await bench.RunAsync(
            $$"""
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"each":{"node_type":"loop_foreach","label":"e",
            "config":{"array_variable":"items"} },
              "set":{"node_type":"data_variable_set","label":"v","config":{"variables":{"x":"@item"},"scope":"local"}
              },"end":{"node_type":"flow_end","label":"e"} },
             "connections":[{"from_node_id":"start","to_node_id":"each"},{"from_node_id":"each","from_port_name":"loop","to_node_id":"set"},
              {"from_node_id":"each","from_port_name":"complete","to_node_id":"end"}]}
            """.Replace("@item", "{{loop.item}}", StringComparison.Ordinal),
            $$"""{"items":[{{items}}] }""",
            ct: Ct
        );

        Assert.Equal("""{"count":10000,"broken":false}""", view.Output.GetRawText());
        Assert.Equal((1_000, true), (view.Path.Count, view.PathTruncated));
        var set = view.Nodes.Single(node => node.Id.Value == "set");
        Assert.Equal((10_000, "each:9999"), (set.Runs, set.Scope));
    }

    [Fact]
    public async Task Thousands_of_live_tokens_do_not_slow_each_other_down()
    {
        // 40 × 40 × 6 tokens wait at once. Looked at one by one at each step they would take minutes.
        var bench = new EngineBench();
        var numbers = string.Join(',', Enumerable.Range(0, 40));
        var waits = string.Join(
            ',',
            "abcdef".Select(node =>
                $$"""{"from_node_id":"inner","from_port_name":"loop","to_node_id":"{{node}}"},{"from_node_id":"{{node}}","to_node_id":"merge"}"""
            )
        );
        var view = await bench.RunAsync(
            $$"""
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},
              "outer":{"node_type":"loop_foreach","label":"o","config":{"array_variable":[{{numbers}}],"max_parallel":40} },
              "inner":{"node_type":"loop_foreach","label":"i","config":{"array_variable":[{{numbers}}],"max_parallel":40} },
              "a":{"node_type":"action_delay","label":"a","config":{"delay_seconds":60}
              },"b":{"node_type":"action_delay","label":"b","config":{"delay_seconds":60} },
              "c":{"node_type":"action_delay","label":"c","config":{"delay_seconds":60}
              },"d":{"node_type":"action_delay","label":"d","config":{"delay_seconds":60} },
              "e":{"node_type":"action_delay","label":"e","config":{"delay_seconds":60}
              },"f":{"node_type":"action_delay","label":"f","config":{"delay_seconds":60} },
              "merge":{"node_type":"flow_merge","label":"m"} },
             "connections":[{"from_node_id":"start","to_node_id":"outer"},{"from_node_id":"outer","from_port_name":"loop","to_node_id":"inner"},
              {{waits}}] }
            """,
            ct: Ct
        );

        Assert.Equal(ExecutionStatus.Completed, view.Status);
        Assert.Equal(1_600, view.Nodes.Single(node => node.Id.Value == "merge").Runs);
    }

    [Theory]
    [InlineData("workflow")]
    [InlineData("local")]
    public async Task A_variable_over_its_limit_fails_the_node_that_sets_it(string scope)
    {
        var bench = new EngineBench(limits: new EngineLimits { OutputBytes = 60 });
        string Graph(int length) => SetInLoop("[1]", $$"""{"scope":"{{scope}}","variables":{"x":"{{new string('x', length)}}"} }""");

        Assert.Equal(ExecutionStatus.Completed, (await bench.RunAsync(Graph(58), ct: Ct)).Status);
        var view = await new EngineBench(limits: bench.Limits).RunAsync(Graph(59), ct: Ct);

        Assert.Equal((ExecutionStatus.Failed, "variable.too_large", "set"), (view.Status, view.ErrorCode, view.ErrorNode?.Value));
        Assert.Contains("61 bytes; the limit is 60", view.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(view.Variables);
    }

    [Theory]
    [InlineData(23, 23, null)]
    [InlineData(23, 24, "variable.total_too_large")]
    public async Task All_variables_together_have_a_limit(int first, int second, string? error)
    {
        // Names of one letter, 9 bytes for b, two quotes for a. Set again, a variable takes the room that it had.
        var bench = new EngineBench(limits: new EngineLimits { VariablesBytes = 36 });
        var items = $"""["{new string('x', first)}","{new string('x', second)}"]""";
        var view = await bench.RunAsync(
            SetInLoop(items, """{"variables":{"a":"@item","b":"1234567"} }""").Replace("@item", "{{loop.item}}", StringComparison.Ordinal),
            ct: Ct
        );

        Assert.Equal((error, error is null ? null : "set"), (view.ErrorCode, view.ErrorNode?.Value));
        Assert.Equal(error is null, view.ErrorMessage?.Contains("37 bytes; the limit is 36", StringComparison.Ordinal) is null);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(3, null)]
    [InlineData(4, "variable.total_too_large")]
    public async Task Local_variables_count_as_long_as_their_iteration_runs(int sideBySide, string? error)
    {
        var bench = new EngineBench(limits: new EngineLimits { VariablesBytes = 36 });
        var view = await bench.RunAsync(SetInLoop("[1,2,3,4,5,6,7,8]", """{"scope":"local","variables":{"v1":"12345678"} }""", sideBySide), ct: Ct);

        Assert.Equal(error, view.ErrorCode);
    }

    private static string SetInLoop(string items, string set, int sideBySide = 1) =>
        $$"""
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"each":{"node_type":"loop_foreach","label":"e",
            "config":{"array_variable":{{items}},"max_parallel":{{sideBySide}} } },
              "set":{"node_type":"data_variable_set","label":"v","config":{{set}}
              },"wait":{"node_type":"action_delay","label":"w","config":{"delay_seconds":60} } },
             "connections":[{"from_node_id":"start","to_node_id":"each"},{"from_node_id":"each","from_port_name":"loop","to_node_id":"set"},
             {"from_node_id":"set","to_node_id":"wait"}]}
            """;

    private static string Loop(string config, string effect) =>
        $$"""
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"each":{"node_type":"loop_foreach","label":"e","config":{{config}}
            },"call":{"node_type":"test_effect","label":"c","config":{{effect}} } },
             "connections":[{"from_node_id":"start","to_node_id":"each"},{"from_node_id":"each","from_port_name":"loop","to_node_id":"call"}]}
            """;
}
