using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Engine.Tests.DryRunning;

public sealed class DryRunTests
{
    private const string Scripted = """
        {
          "nodes": {
            "start": { "node_type": "trigger_manual", "label": "s" },
            "call": { "node_type": "test_scripted", "label": "c" },
            "good": { "node_type": "flow_end", "label": "g" },
            "bad": { "node_type": "flow_end", "label": "b" }
          },
          "connections": [
            { "from_node_id": "start", "to_node_id": "call" },
            { "from_node_id": "call", "from_port_name": "success", "to_node_id": "good" },
            { "from_node_id": "call", "from_port_name": "error", "to_node_id": "bad" }
          ]
        }
        """;

    // Two branches that wait, the first one longer.
    private const string TwoWaits = """
        {
          "nodes": {
            "start": { "node_type": "trigger_manual", "label": "s" },
            "hour": { "node_type": "action_delay", "label": "h", "config": { "delay_seconds": 3600 } },
            "minute": { "node_type": "action_delay", "label": "m", "config": { "delay_seconds": 60 } },
            "after_hour": { "node_type": "data_variable_set", "label": "a", "config": { "variables": { "last": "hour", "at_hour": "{{now}}" } } },
            "after_minute": { "node_type": "data_variable_set", "label": "b", "config": { "variables": { "last": "minute",
            "at_minute": "{{now}}" } } }
          },
          "connections": [
            { "from_node_id": "start", "to_node_id": "hour" },
            { "from_node_id": "start", "to_node_id": "minute" },
            { "from_node_id": "hour", "to_node_id": "after_hour" },
            { "from_node_id": "minute", "to_node_id": "after_minute" }
          ]
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_effect_is_not_run_and_the_trace_says_what_it_would_have_done()
    {
        var bench = new DryBench();

        var report = await bench.RunAsync(Running.Graphs.OneEffect("""{ "result": "{{input.n}}" }"""), """{ "n": 7 }""", ct: Ct);

        Assert.Empty(bench.Real.Effect.Calls);
        Assert.Equal((ExecutionStatus.Completed, 3, 0), (report.Status, report.NodesExecuted, report.NodesFailed));
        Assert.Equal(["start", "call", "end"], Path(report));
        Assert.Equal("""{"n":7}""", report.Output.GetRawText().Replace(" ", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Waits_pass_in_the_order_of_their_time_and_the_clock_goes_with_them()
    {
        var bench = new DryBench();
        var start = bench.Real.Time.GetUtcNow();

        var report = await bench.RunAsync(TwoWaits, ct: Ct);

        Assert.Equal(["start", "minute", "after_minute", "hour", "after_hour"], Path(report));
        Assert.Equal(
            ("hour", start.AddMinutes(1), start.AddHours(1)),
            (report.Variables["last"].GetString(), report.Variables["at_minute"].GetDateTimeOffset(), report.Variables["at_hour"].GetDateTimeOffset())
        );
        Assert.Equal(TimeSpan.FromHours(1), report.EndedAt - report.StartedAt);
        var hour = report.Trace.Single(entry => entry.Node.Value == "hour");
        Assert.Equal(
            (TimeSpan.FromHours(1), "timer", start.AddHours(1)),
            (hour.EndedAt - hour.StartedAt, hour.Would.GetProperty("wait_for").GetString(), hour.Would.GetProperty("until").GetDateTimeOffset())
        );
        Assert.Equal(start, bench.Real.Time.GetUtcNow());
    }

    [Fact]
    public async Task An_answer_that_others_would_give_is_there_at_once()
    {
        var bench = new DryBench();
        bench.Scripted.Says = context =>
            new(JsonElement.Parse("""{"asks":"Ada"}"""), new ActivityResult.Suspended("approval", "key", context.Now.AddDays(1)))
            {
                Answer = JsonElement.Parse("""{"decision":"approved"}"""),
            };

        var report = await bench.RunAsync(Scripted, ct: Ct);

        Assert.Equal(("""{"decision":"approved"}""", TimeSpan.Zero), (report.Output.GetRawText(), report.EndedAt - report.StartedAt));
        Assert.Equal("""{"asks":"Ada"}""", report.Trace[1].Would.GetRawText());
    }

    [Fact]
    public async Task A_wait_that_nobody_answers_ends_when_it_is_due()
    {
        var bench = new DryBench();
        bench.Scripted.Says = context => new(default, new ActivityResult.Suspended("question", "key", context.Now.AddDays(1)));

        var report = await bench.RunAsync(Scripted, ct: Ct);

        Assert.Equal((ExecutionStatus.Completed, TimeSpan.FromDays(1)), (report.Status, report.EndedAt - report.StartedAt));
    }

    [Fact]
    public async Task A_wait_for_what_only_others_send_is_passed_by_the_main_port()
    {
        var report = await new DryBench().RunAsync(Scripted.Replace("test_scripted", "test_keyed_wait", StringComparison.Ordinal), ct: Ct);

        Assert.Equal(
            (ExecutionStatus.Completed, "received", "order.paid"),
            (report.Status, report.Trace[1].Port, report.Trace[1].Would.GetProperty("key").GetString())
        );
    }

    [Fact]
    public async Task A_failure_is_not_tried_again_and_follows_on_error()
    {
        var bench = new DryBench();
        bench.Scripted.Says = _ => new(default, new ActivityResult.Failed("test.failed", "No.", Retryable: true));

        var report = await bench.RunAsync(Scripted, ct: Ct);

        Assert.Equal(1, bench.Scripted.Previews);
        Assert.Equal(["start", "call", "bad"], Path(report));
        Assert.Equal(
            (ExecutionStatus.Completed, 3, 1, NodeStatus.Failed, "error"),
            (report.Status, report.NodesExecuted, report.NodesFailed, report.Trace[1].Status, report.Trace[1].Port)
        );
    }

    [Fact]
    public async Task A_failure_that_nobody_handles_fails_the_run()
    {
        var report = await new DryBench().RunAsync(Running.Graphs.OneEffect("""{ "result": "{{nobody}}" }""", """, "on_error": "fail" """), ct: Ct);

        Assert.Equal((ExecutionStatus.Failed, "expression.unknown_name", "call"), (report.Status, report.ErrorCode, report.ErrorNode?.Value));
    }

    [Fact]
    public async Task A_pinned_node_is_not_even_asked()
    {
        var bench = new DryBench();

        var good = await bench.RunAsync(Scripted, pins: """{ "call": { "output": 5 } }""", ct: Ct);
        var bad = await bench.RunAsync(Scripted, pins: """{ "call": { "port": "error", "output": 6 } }""", ct: Ct);

        Assert.Equal((0, 5, 6), (bench.Scripted.Previews, good.Output.GetInt32(), bad.Output.GetInt32()));
        Assert.Equal((true, NodeStatus.Failed, 1), (good.Trace[1].IsPinned, bad.Trace[1].Status, bad.NodesFailed));
    }

    [Theory]
    [InlineData("""{ "start": { "output": "0123456789" } }""", "node.output_too_large")]
    [InlineData("{}", "execution.too_many_nodes")]
    public async Task Limits_are_those_of_real_runs(string pins, string code)
    {
        var bench = new DryBench(EngineLimits.Default with { OutputBytes = 10, NodeExecutions = 2 });

        var report = await bench.RunAsync(Running.Graphs.Line(3), pins: pins, ct: Ct);

        Assert.Equal((ExecutionStatus.Failed, code), (report.Status, report.ErrorCode));
    }

    [Fact]
    public async Task A_run_that_takes_too_long_is_stopped_and_says_so()
    {
        var bench = new DryBench();
        bench.Scripted.Says = context =>
        {
            bench.Real.Time.Advance(DryRun.Longest);
            return new(default, new ActivityResult.Completed("success", context.Input));
        };

        var report = await bench.RunAsync(Scripted, ct: Ct);

        Assert.Equal((ExecutionStatus.Failed, "dry_run.too_long"), (report.Status, report.ErrorCode));
        Assert.Equal(["start"], Path(report));
    }

    [Fact]
    public async Task A_run_that_nobody_waits_for_is_given_up()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var bench = new DryBench();
        bench.Scripted.Says = context =>
        {
            hangUp.Cancel();
            return new(default, new ActivityResult.Completed("success", context.Input));
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(Scripted, ct: hangUp.Token));
    }

    [Fact]
    public async Task A_long_trace_keeps_its_beginning_and_its_end_and_says_how_long_it_was()
    {
        var report = await new DryBench().RunAsync(Running.Graphs.Line(1_500), ct: Ct);

        Assert.Equal((1_501, 1_501, TraceWindow.FirstEntries + TraceWindow.LastEntries), (report.NodesExecuted, report.Entries, report.Trace.Count));
        Assert.Equal(
            ("start", "n899", "n1401", "n1500"),
            (report.Trace[0].Node.Value, report.Trace[899].Node.Value, report.Trace[900].Node.Value, report.Trace[^1].Node.Value)
        );
    }

    [Fact]
    public async Task A_trace_of_large_values_is_kept_small()
    {
        var large = JsonSerializer.Serialize(new string('x', 200_000));

        var report = await new DryBench().RunAsync(Running.Graphs.Line(40), input: large, ct: Ct);

        Assert.Equal(41, report.Entries);
        Assert.InRange(report.Trace.Sum(entry => entry.Input.GetRawText().Length + entry.Output.GetRawText().Length), 3_000_000, 4 * 1024 * 1024);
        Assert.Equal("n40", report.Trace[^1].Node.Value);
    }

    [Fact]
    public async Task A_pin_holds_for_every_iteration_and_local_variables_end_with_theirs()
    {
        var bench = new DryBench();

        var report = await bench.RunAsync(Loop("test_scripted"), """{ "items": [1, 2, 3] }""", """{ "body": { "output": "pinned" } }""", Ct);

        Assert.Equal((0, ExecutionStatus.Completed), (bench.Scripted.Previews, report.Status));
        Assert.Equal(["start", "body", "note", "body", "note", "body", "note", "each", "end"], Path(report));
        Assert.Equal(["each:0", "each:1", "each:2"], report.Trace.Where(entry => entry.IsPinned).Select(entry => entry.Scope));
        Assert.Equal("""["pinned","pinned","pinned"]""", report.Output.GetProperty("results").GetRawText());
        Assert.DoesNotContain("seen", report.Variables);
    }

    [Fact]
    public async Task A_pinned_loop_runs_no_iteration()
    {
        var report = await new DryBench().RunAsync(Loop("test_scripted"), """{ "items": [1, 2, 3] }""", """{ "each": { "output": 5 } }""", Ct);

        Assert.Equal(["start", "each", "end"], Path(report));
        Assert.Equal(5, report.Output.GetInt32());
    }

    [Fact]
    public async Task Ten_thousand_iterations_that_wait_pass_and_are_counted()
    {
        var items = JsonSerializer.Serialize(new { items = Enumerable.Range(0, 10_000) });

        var report = await new DryBench().RunAsync(Loop("action_delay", """{ "delay_seconds": 60 }""", "output"), items, ct: Ct);

        Assert.Equal((ExecutionStatus.Completed, 20_003, 1_000), (report.Status, report.Entries, report.Trace.Count));
        Assert.Equal(TimeSpan.FromMinutes(10_000), report.EndedAt - report.StartedAt);
    }

    [Fact]
    public async Task The_first_branch_that_is_through_ends_the_waits_of_the_others()
    {
        var report = await new DryBench().RunAsync(
            TwoWaits
                .Replace(
                    "\"trigger_manual\", \"label\": \"s\" },",
                    """
                    "trigger_manual", "label": "s" },
                    "race": { "node_type": "flow_parallel", "label": "r", "config": { "execution_type": "any_first", "timeout_seconds": 7200 } },
                    "after": { "node_type": "action_delay", "label": "w", "config": { "delay_seconds": 36000 } },
                    """,
                    StringComparison.Ordinal
                )
                .Replace("\"from_node_id\": \"start\"", "\"from_node_id\": \"race\"", StringComparison.Ordinal)
                .Replace(
                    "\"connections\": [",
                    """
                    "connections": [ { "from_node_id": "start", "to_node_id": "race" }, { "from_node_id": "start", "to_node_id": "after" },
                    """,
                    StringComparison.Ordinal
                ),
            ct: Ct
        );

        Assert.Equal((ExecutionStatus.Completed, TimeSpan.FromHours(10)), (report.Status, report.EndedAt - report.StartedAt));
        Assert.Equal("minute", report.Variables["last"].GetString());
    }

    // For each item: a node, and one that sets a local variable.
    private static string Loop(string type, string config = "{}", string port = "success") =>
        $$"""
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "each": { "node_type": "loop_foreach", "label": "l", "config": { "array_variable": "items", "collect": true } },
                "body": { "node_type": "{{type}}", "label": "b", "config": {{config}} },
                "note": { "node_type": "data_variable_set", "label": "n", "config": { "variables": { "seen": 1 }, "scope": "local" } },
                "end": { "node_type": "flow_end", "label": "e" }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "loop", "to_node_id": "body" },
                { "from_node_id": "body", "from_port_name": "{{port}}", "to_node_id": "note" },
                { "from_node_id": "each", "from_port_name": "complete", "to_node_id": "end" }
              ]
            }
            """;

    private static IEnumerable<string> Path(DryRunReport report) => report.Trace.Select(entry => entry.Node.Value);
}
