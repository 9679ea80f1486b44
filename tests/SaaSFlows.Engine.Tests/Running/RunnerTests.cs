using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Engine.Tests.Running;

public sealed class RunnerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_of_pure_nodes_costs_one_write()
    {
        var bench = new EngineBench();
        var writes = 0;
        bench.Store.BeforeAppend = _ => writes++;
        var view = await bench.RunAsync(Graphs.Line(100), ct: Ct);

        Assert.Equal((1, 101), (writes, view.Path.Count));
    }

    [Fact]
    public async Task Five_hundred_events_are_written_without_waiting_for_the_end()
    {
        var bench = new EngineBench();
        var sizes = new List<int>();
        bench.Store.BeforeAppend = append => sizes.Add(append.Events.Count);
        await bench.RunAsync(Graphs.Line(700), ct: Ct);

        Assert.Equal([500, 202], sizes);
    }

    [Fact]
    public async Task A_node_that_passes_its_input_on_does_not_write_it_again()
    {
        var bench = new EngineBench();
        var view = await bench.RunAsync(Graphs.Line(1), """{"big":"0123456789"}""", ct: Ct);

        var body = bench.Store.Journal(EngineBench.NewId(1))[2].Body;
        Assert.Equal("""{"port":"output","passes_input":true,"variables":{"x":1}}""", System.Text.Encoding.UTF8.GetString(body.Span));
        Assert.Equal("""{"big":"0123456789"}""", view.Nodes[1].Output.GetRawText());
    }

    [Fact]
    public async Task An_answer_that_comes_before_its_bookmark_waits_for_it()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"ask":"key"}"""));
        var execution = bench.Accept();
        bench.Store.PutFact(execution, InboxFactKind.Stimulus, RunIds.Bookmark(execution, "", new("call"), 0, 0), "\"yes\""u8.ToArray());

        await bench.FinishAsync(execution, Ct);

        Assert.Equal("\"yes\"", bench.View(execution).Output.GetRawText());
    }

    [Fact]
    public async Task Only_the_first_answer_counts_and_later_ones_leave_the_inbox()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"ask":"key"}"""));
        var execution = bench.Accept();
        await bench.RunOnceAsync(Ct);
        var bookmark = Assert.Single(bench.Store.Bookmarks(execution));
        Assert.Equal(("question", "key", false), (bookmark.Kind, bookmark.Key, bench.Store.IsQueued(execution)));

        bench.Store.PutFact(execution, InboxFactKind.Stimulus, bookmark.Id, "1"u8.ToArray());
        bench.Store.PutFact(execution, InboxFactKind.Stimulus, bookmark.Id, "2"u8.ToArray());
        await bench.FinishAsync(execution, Ct);

        Assert.Equal("1", bench.View(execution).Output.GetRawText());
        Assert.Single(bench.Store.Journal(execution), recorded => recorded.Kind == JournalEventKind.StimulusReceived);
    }

    [Fact]
    public async Task A_fact_that_comes_while_parking_is_not_slept_through()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"ask":"key"}"""));
        var execution = bench.Accept();
        bench.Store.BeforeAppend = append =>
        {
            if (append.Transition is ExecutionTransition.Park)
            {
                bench.Store.BeforeAppend = null;
                bench.Store.PutFact(
                    execution,
                    InboxFactKind.Stimulus,
                    RunIds.Bookmark(execution, "", new("call"), 0, 0),
                    "\"just in time\""u8.ToArray()
                );
            }
        };

        await bench.RunOnceAsync(Ct);

        Assert.Equal("\"just in time\"", bench.View(execution).Output.GetRawText());
    }

    [Fact]
    public async Task A_cancel_ends_a_parked_execution()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"ask":"key"}"""));
        var execution = bench.Accept();
        await bench.RunOnceAsync(Ct);
        Assert.Equal(ExecutionStatus.Waiting, bench.View(execution).Status);

        bench.Store.PutFact(execution, InboxFactKind.Cancel, null, JournalBodies.Cancel("Ann", "enough"));
        await bench.FinishAsync(execution, Ct);

        var view = bench.View(execution);
        Assert.Equal(ExecutionStatus.Cancelled, view.Status);
        Assert.Equal(["Completed", "Cancelled", "Skipped"], view.Nodes.Select(node => node.Status.ToString()));
    }

    [Theory]
    [InlineData(2, 40, 40)]
    [InlineData(60, 40, 60)]
    [InlineData(2, 7_200, 3_600)]
    [InlineData(2, -5, 2)]
    public async Task A_retry_waits_for_as_long_as_the_other_side_asks_up_to_an_hour(int policy, int asked, int waits)
    {
        var bench = new EngineBench();
        bench.Compile(
            Graphs.OneEffect(
                $$"""{"fail_times":1,"retry_after":{{asked}}}""",
                $$""", "retry": { "max_attempts": 2, "backoff": "fixed", "initial_seconds": {{policy}} }"""
            )
        );
        var execution = bench.Accept();
        var start = bench.Time.GetUtcNow();
        await bench.RunOnceAsync(Ct);

        Assert.Equal(start.AddSeconds(waits), Assert.Single(bench.Store.Bookmarks(execution)).Due);
        var failed = bench.Store.Journal(execution).Single(recorded => recorded.Kind == JournalEventKind.NodeFailed);
        var logs = ((EventBody.Failed)EventBodyReader.Read(failed).Body!).Logs;
        Assert.Equal(asked > policy, logs.Any(line => line.Contains($"asks to wait {asked:N0} s", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_short_retry_waits_in_memory()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"fail_times":1}""", """, "retry": { "max_attempts": 2, "backoff": "fixed", "initial_seconds": 0.5 }"""));
        var execution = bench.Accept();
        var run = bench.RunOnceAsync(Ct);
        await Eventually.True(
            () => bench.Store.Journal(execution).Any(recorded => recorded.Kind == JournalEventKind.NodeFailed) && bench.Time.ActiveTimers > 0,
            Deadline,
            Ct
        );
        Assert.False(run.IsCompleted);

        bench.Time.Advance(TimeSpan.FromSeconds(0.5));
        await run;

        Assert.Equal(ExecutionStatus.Completed, bench.View(execution).Status);
        Assert.Equal([1, 2], bench.Effect.Calls.Select(call => call.Attempt));
    }

    [Fact]
    public async Task A_time_limit_on_branches_acts_while_their_effects_run()
    {
        var bench = new EngineBench();
        bench.Compile(
            """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "fork": { "node_type": "flow_parallel", "label": "f", "config": { "timeout_seconds": 2 } },
                "call": { "node_type": "test_effect", "label": "c", "config": { "wait_for": "never" } },
                "late": { "node_type": "flow_end", "label": "l", "config": { "output_data": "{{input.code}}" } }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "fork" },
                { "from_node_id": "fork", "to_node_id": "call" },
                { "from_node_id": "fork", "from_port_name": "error", "to_node_id": "late" }
              ]
            }
            """
        );
        var execution = bench.Accept();
        var run = bench.RunOnceAsync(Ct);
        await Eventually.True(() => !bench.Effect.Calls.IsEmpty && bench.Time.ActiveTimers > 1, Deadline, Ct);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        await run.WaitAsync(Deadline, Ct);

        // Nobody told the runner through the inbox: it keeps the time itself.
        Assert.Equal("\"parallel.timeout\"", bench.View(execution).Output.GetRawText());
        Assert.Empty(bench.Store.Bookmarks(execution));
    }

    [Fact]
    public async Task A_value_that_grows_by_levels_fails_its_node_and_not_the_runner()
    {
        var bench = new EngineBench();
        var view = await bench.RunAsync(
            """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "each": { "node_type": "loop_while", "label": "l", "config": { "condition": { "variable": "now", "operator": "exists" },
                "max_iterations": 200 } },
                "get": { "node_type": "data_variable_get", "label": "g", "config": { "variable_name": "x" } },
                "merge": { "node_type": "flow_merge", "label": "m" },
                "set": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": "{{input}}" } } }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "loop", "to_node_id": "get" },
                { "from_node_id": "get", "to_node_id": "merge" },
                { "from_node_id": "merge", "to_node_id": "set" }
              ]
            }
            """,
            ct: Ct
        );

        Assert.Equal(ExecutionStatus.Failed, view.Status);
        Assert.EndsWith(".too_deep", view.ErrorCode!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fork", 6, 6)]
    [InlineData("fork, max_parallel 5", 9, 5)]
    [InlineData("loop, max_parallel 7", 9, 7)]
    public async Task As_many_effects_run_side_by_side_as_the_workflow_asks_for(string shape, int number, int expected)
    {
        var bench = new EngineBench();
        bench.Compile(
            shape.StartsWith("loop", StringComparison.Ordinal)
                ? Graphs.LoopOfEffects(number, expected)
                : Graphs.ForkOfEffects(number, expected < number ? expected : null)
        );
        var execution = bench.Accept();
        var run = bench.RunOnceAsync(Ct);
        await Eventually.True(() => bench.Effect.Calls.Count == expected, Deadline, Ct);
        bench.Effect.Gate("go").SetResult();
        await run;

        Assert.Equal((ExecutionStatus.Completed, number), (bench.View(execution).Status, bench.Effect.Calls.Count));
    }

    [Fact]
    public async Task An_effect_without_an_answer_in_time_fails_retryably()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"never"}""", """, "timeout_seconds": 7"""));
        var execution = bench.Accept();
        var run = bench.RunOnceAsync(Ct);
        await Eventually.True(() => !bench.Effect.Calls.IsEmpty, Deadline, Ct);

        bench.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(run.IsCompleted);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await run;

        var view = bench.View(execution);
        Assert.Equal((ExecutionStatus.Failed, "node.timeout"), (view.Status, view.ErrorCode));
    }

    [Fact]
    public async Task An_effect_that_kills_its_process_is_given_up()
    {
        var bench = new EngineBench(limits: new EngineLimits { LostTries = 3 });
        bench.Compile(Graphs.OneEffect());
        var execution = bench.Accept();
        for (var i = 0; i < 3; i++)
        {
            bench.CrashAt = CrashPoint.AfterEffect;
            await Assert.ThrowsAsync<InvalidOperationException>(() => bench.RunOnceAsync(Ct));
            bench.Store.ExpireLease(execution);
        }

        await bench.FinishAsync(execution, Ct);

        Assert.Equal("node.lost", bench.View(execution).ErrorCode);
        Assert.Equal(3, bench.Effect.Calls.Count);
    }

    [Fact]
    public async Task A_zombie_writes_nothing_once_another_has_the_execution()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}"""));
        var execution = bench.Accept();
        var zombie = bench.RunOnceAsync(Ct);
        await Eventually.True(() => bench.Effect.Calls.Count == 1, Deadline, Ct);
        bench.Store.ExpireLease(execution);
        var heir = bench.RunOnceAsync(Ct);
        await Eventually.True(() => bench.Effect.Calls.Count == 2, Deadline, Ct);

        bench.Effect.Gate("gate").SetResult();
        await Task.WhenAll(zombie, heir);

        Assert.Equal(ExecutionStatus.Completed, bench.View(execution).Status);
        Assert.Single(bench.Store.Journal(execution), recorded => recorded.Kind == JournalEventKind.NodeCompleted && recorded.Node?.Value == "call");
        Assert.Single(bench.Effect.Calls.Select(call => call.Key).Distinct());
    }

    [Fact]
    public async Task Output_over_the_limit_fails_the_node_and_names_the_limit()
    {
        var bench = new EngineBench(limits: new EngineLimits { OutputBytes = 1_000 });
        var view = await bench.RunAsync(Graphs.OneEffect($$"""{"result":"{{new string('x', 1_000)}}"}"""), ct: Ct);

        Assert.Equal("node.output_too_large", view.ErrorCode);
        Assert.Contains("1,000", view.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_runs_over_the_limit_fail_the_execution()
    {
        var bench = new EngineBench(limits: new EngineLimits { NodeExecutions = 5 });

        Assert.Equal("execution.too_many_nodes", (await bench.RunAsync(Graphs.Line(10), ct: Ct)).ErrorCode);
        Assert.Equal(ExecutionStatus.Completed, (await bench.RunAsync(Graphs.Line(4), ct: Ct)).Status);
    }

    [Fact]
    public async Task A_failure_interrupts_effects_of_other_branches()
    {
        var bench = new EngineBench();
        var view = await bench.RunAsync(
            """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "long": { "node_type": "test_effect", "label": "l", "config": { "wait_for": "never" } },
                "bad": { "node_type": "test_effect", "label": "b", "config": { "fail_times": 1 } }
              },
              "connections": [ { "from_node_id": "start", "to_node_id": "long" }, { "from_node_id": "start", "to_node_id": "bad" } ]
            }
            """,
            ct: Ct
        );

        Assert.Equal(["Completed", "Cancelled", "Failed"], view.Nodes.Select(node => node.Status.ToString()));
        Assert.Equal((ExecutionStatus.Failed, "bad"), (view.Status, view.ErrorNode?.Value));
    }
}
