using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>The process dies at each named point, again and again; another one finishes.</summary>
public sealed class CrashTests
{
    private const string Scenario = """
        {
          "nodes": {
            "start": { "node_type": "trigger_manual", "label": "s" },
            "set": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": 1 } } },
            "call": { "node_type": "test_effect", "label": "c", "config": { "result": "called" } },
            "flaky": { "node_type": "test_effect", "label": "f", "config": { "fail_times": 1, "result": "flaky" }, "retry": { "max_attempts": 9,
            "backoff": "fixed", "initial_seconds": 5 } },
            "wait": { "node_type": "action_delay", "label": "w", "config": { "delay_ms": 60000 } },
            "last": { "node_type": "test_effect", "label": "l", "config": { "result": "last" } },
            "merge": { "node_type": "flow_merge", "label": "m" },
            "end": { "node_type": "flow_end", "label": "e" }
          },
          "connections": [
            { "from_node_id": "start", "to_node_id": "set" },
            { "from_node_id": "set", "to_node_id": "call" },
            { "from_node_id": "set", "to_node_id": "flaky" },
            { "from_node_id": "set", "to_node_id": "wait" },
            { "from_node_id": "wait", "to_node_id": "last" },
            { "from_node_id": "call", "from_port_name": "success", "to_node_id": "merge" },
            { "from_node_id": "flaky", "from_port_name": "success", "to_node_id": "merge" },
            { "from_node_id": "last", "from_port_name": "success", "to_node_id": "merge" },
            { "from_node_id": "merge", "to_node_id": "end" }
          ]
        }
        """;

    public static MatrixTheoryData<CrashPoint, int, int> Crashes =>
        new(
            [CrashPoint.BeforeEffect, CrashPoint.AfterEffect, CrashPoint.BeforeAppend, CrashPoint.AfterAppend, CrashPoint.BeforeFinish],
            [0, 1, 2, 3],
            [1, 4]
        );

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Another_process_finishes_what_a_dead_one_began(CrashPoint point, int passes, int effects)
    {
        var bench = new EngineBench(new WorkerOptions { EffectsPerExecution = effects }) { CrashAt = point, CrashAfter = passes };
        var view = await bench.RunAsync(Scenario, ct: TestContext.Current.CancellationToken);

        Assert.Equal(ExecutionStatus.Completed, view.Status);
        Assert.Equal("""{"inputs":["called","flaky","last"]}""", view.Output.GetRawText());
        var died = bench.CrashAt is null ? 1 : 0;
        foreach (var node in new[] { ("call", 1), ("last", 1), ("flaky", 2) })
        {
            var calls = bench.Effect.Calls.Where(call => call.Node == node.Item1).ToList();
            Assert.Single(calls.Select(call => call.Key).Distinct());

            // With its process a try may be lost, never more than one a crash; and no attempt number is used twice.
            Assert.InRange(calls.Count, 1, node.Item2 + died);
            Assert.Equal(calls.Count, calls.Select(call => call.Attempt).Distinct().Count());
        }
    }

    [Fact]
    public async Task A_crash_between_deed_and_record_repeats_the_deed_with_its_key()
    {
        var bench = new EngineBench { CrashAt = CrashPoint.AfterEffect };
        await bench.RunAsync(
            """
            {"nodes":{"start":{"node_type":"trigger_manual","label":"s"},"call":{"node_type":"test_effect","label":"c"}},
            "connections":[{"from_node_id":"start","to_node_id":"call"}]}
            """,
            ct: TestContext.Current.CancellationToken
        );

        var key = $"{EngineBench.NewId(1)}:call:0";
        Assert.Equal([new("call", key, 1), new CountingEffect.Call("call", key, 2)], bench.Effect.Calls);
    }
}
