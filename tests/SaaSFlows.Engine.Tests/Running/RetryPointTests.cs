using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.Running;

public sealed class RetryPointTests
{
    // Variables that change on the way, a wait, an effect, parallel branches, a merge, names of every kind.
    private const string Flow = """
        {
          "nodes": {
            "start": { "node_type": "trigger_manual", "label": "s" },
            "first": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": "{{input.n + 1}}" } } },
            "call": { "node_type": "test_effect", "label": "c", "config": { "result": "called" } },
            "wait": { "node_type": "action_delay", "label": "w", "config": { "delay_ms": 60000 } },
            "second": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": "{{x * 10}}" } } },
            "merge": { "node_type": "flow_merge", "label": "m" },
            "end": { "node_type": "flow_end", "label": "e",
              "config": { "output_data": { "in": "{{input}}", "x": "{{x}}", "y": "{{y}}", "n": "{{n}}", "g": "{{greeting}}",
              "call": "{{nodes.call.output}}", "first": "{{nodes.first.output}}" } } }
          },
          "connections": [
            { "from_node_id": "start", "to_node_id": "first" },
            { "from_node_id": "first", "to_node_id": "call" },
            { "from_node_id": "call", "from_port_name": "success", "to_node_id": "wait" },
            { "from_node_id": "wait", "to_node_id": "second" },
            { "from_node_id": "second", "to_node_id": "merge" },
            { "from_node_id": "merge", "to_node_id": "end" }
          ],
          "global_variables": { "greeting": "hello" }
        }
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("first", "first,call,wait,second,merge,end")]
    [InlineData("call", "call,wait,second,merge,end")]
    [InlineData("wait", "wait,second,merge,end")]
    [InlineData("second", "second,merge,end")]
    [InlineData("merge", "merge,end")]
    [InlineData("end", "end")]
    public async Task Retry_from_a_node_goes_on_as_the_first_execution_did(string node, string path)
    {
        var bench = new EngineBench();
        var first = await bench.RunAsync(Flow, """{"n":4}""", """{"y":[1]}""", ct: Ct);
        var execution = EngineBench.NewId(1);
        for (var again = 0; again < 2; again++)
        {
            // A retry of a retry, too.
            execution = Again(bench, execution, node);
            await bench.FinishAsync(execution, Ct);
            var view = bench.View(execution);

            Assert.Equal(path, string.Join(',', view.Path.Select(id => id.Value)));
            Assert.Equal(first.Output.GetRawText(), view.Output.GetRawText());
            Assert.Equal(
                JsonSerializer.Serialize(first.Variables.OrderBy(pair => pair.Key)),
                JsonSerializer.Serialize(view.Variables.OrderBy(pair => pair.Key))
            );
            Assert.Equal(("""{"n":4}""", "start"), (view.Input.GetRawText(), view.Trigger!.Value.Value));
        }
    }

    [Fact]
    public async Task Retry_from_a_merge_gathers_what_it_had_gathered()
    {
        const string fork = """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "a": { "node_type": "test_effect", "label": "a", "config": { "result": "a" } },
                "b": { "node_type": "test_effect", "label": "b", "config": { "result": "b" } },
                "merge": { "node_type": "flow_merge", "label": "m", "config": { "input_ports_required": 2 } }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "b" }, { "from_node_id": "start", "to_node_id": "a" },
                { "from_node_id": "a", "from_port_name": "success", "to_node_id": "merge" }, { "from_node_id": "b", "from_port_name": "success",
                "to_node_id": "merge" }
              ]
            }
            """;
        var bench = new EngineBench();
        await bench.RunAsync(fork, ct: Ct);
        var again = Again(bench, EngineBench.NewId(1), "merge");
        await bench.FinishAsync(again, Ct);

        Assert.Equal("""{"inputs":["a","b"]}""", bench.View(again).Output.GetRawText());
        Assert.Equal(["merge"], bench.View(again).Path.Select(id => id.Value));

        // One branch again: the other one is behind us, the merge does not wait for it.
        var branch = Again(bench, EngineBench.NewId(1), "a");
        await bench.FinishAsync(branch, Ct);
        Assert.Equal("""{"inputs":["a"]}""", bench.View(branch).Output.GetRawText());
    }

    [Fact]
    public async Task Failed_node_is_begun_again_with_what_had_arrived()
    {
        var bench = new EngineBench();
        var failed = await bench.RunAsync(Graphs.OneEffect("""{ "fail_times": 1, "result": "{{input.n}}" }"""), """{"n":7}""", ct: Ct);
        Assert.Equal(ExecutionStatus.Failed, failed.Status);
        bench.Compile(Graphs.OneEffect("""{ "result": "{{input.n}}" }"""));
        var again = Again(bench, EngineBench.NewId(1), "call");
        await bench.FinishAsync(again, Ct);

        Assert.Equal((ExecutionStatus.Completed, "7"), (bench.View(again).Status, bench.View(again).Output.GetRawText()));
        Assert.Equal($"{again.Value}:call:0", bench.Effect.Calls.Last().Key);
    }

    [Fact]
    public async Task Loop_is_begun_again_as_a_whole_and_nodes_inside_of_it_are_not_found()
    {
        const string loop = """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "each": { "node_type": "loop_foreach", "label": "l", "config": { "array_variable": "items", "collect": true } },
                "call": { "node_type": "test_effect", "label": "c", "config": { "result": "{{item}}" } },
                "end": { "node_type": "flow_end", "label": "e" }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "loop", "to_node_id": "call" },
                { "from_node_id": "call", "from_port_name": "success", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "complete", "to_node_id": "end" }
              ]
            }
            """;
        var bench = new EngineBench();
        var first = await bench.RunAsync(loop, """{"items":[10,20,30]}""", ct: Ct);
        var again = Again(bench, EngineBench.NewId(1), "each");
        await bench.FinishAsync(again, Ct);

        Assert.Equal(first.Output.GetRawText(), bench.View(again).Output.GetRawText());
        Assert.Equal(6, bench.Effect.Calls.Count);
        Assert.True(bench.Graph!.IsInLoop(new("call")));
        Assert.False(Read(bench, EngineBench.NewId(1), "call").IsFound);
        Assert.Equal(first.Output.GetRawText(), bench.View(await EndedAsync("end")).Output.GetRawText());

        async Task<ExecutionId> EndedAsync(string node)
        {
            var execution = Again(bench, EngineBench.NewId(1), node);
            await bench.FinishAsync(execution, Ct);
            return execution;
        }
    }

    [Fact]
    public async Task Node_that_never_ran_is_not_found()
    {
        var bench = new EngineBench();
        await bench.RunAsync(Graphs.OneEffect("""{ "fail_times": 1 }"""), ct: Ct);

        Assert.False(Read(bench, EngineBench.NewId(1), "end").IsFound);
        Assert.False(Read(bench, EngineBench.NewId(1), "nowhere").IsFound);
    }

    [Fact]
    public async Task Retry_that_dies_with_its_process_goes_on_where_it_was()
    {
        var bench = new EngineBench();
        var first = await bench.RunAsync(Flow, """{"n":4}""", """{"y":[1]}""", ct: Ct);
        foreach (
            var point in new[]
            {
                Engine.Running.CrashPoint.AfterEffect,
                Engine.Running.CrashPoint.BeforeAppend,
                Engine.Running.CrashPoint.BeforeFinish,
            }
        )
        {
            var again = Again(bench, EngineBench.NewId(1), "call");
            bench.CrashAt = point;
            await bench.FinishAsync(again, Ct);
            Assert.Null(bench.CrashAt);
            Assert.Equal(first.Output.GetRawText(), bench.View(again).Output.GetRawText());
        }
    }

    private static RetryPoint Read(EngineBench bench, ExecutionId execution, string node)
    {
        var point = new RetryPoint(bench.Graph!, new(node));
        foreach (var recorded in bench.Store.Journal(execution))
        {
            point.Apply(recorded);
        }

        return point;
    }

    private static ExecutionId Again(EngineBench bench, ExecutionId execution, string node)
    {
        var point = Read(bench, execution, node);
        Assert.True(point.IsFound);
        var again = bench.NewRef();
        bench.Store.Accept(again, new(Guid.Empty), point.Started() with { At = bench.Time.GetUtcNow() });
        return again.Id;
    }
}
