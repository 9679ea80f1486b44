using System.Text.Json;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Tests.Running;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.DryRunning;

/// <summary>A dry run whose effects are pinned to what they put out really goes the same way, on generated graphs.</summary>
public sealed class SameAsRealTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dry_run_with_the_real_outputs_pinned_takes_the_same_path_to_the_same_variables()
    {
        for (var seed = 40_000; seed < 40_500; seed++)
        {
            var bench = new DryBench();
            var definition = new GraphGenerator(seed, countingMerges: false).Make();
            bench.Real.Graph = GraphCompiler.Compile(definition, bench.Real.Catalogue);
            var execution = bench.Real.NewRef();
            bench.Real.Store.Accept(execution, new(Guid.Empty), JournalBodies.Started(
                new("start"), JsonElement.Parse("""{"n":1}"""), default, default, default, bench.Real.Time.GetUtcNow()));
            await bench.Real.FinishAsync(execution.Id, Ct);
            var journal = bench.Real.Store.Journal(execution.Id).Select(EventBodyReader.Read).ToList();
            var calls = bench.Real.Effect.Calls.Count;

            var report = await bench.RunAsync(definition, """{"n":1}""", Pins(definition, journal), Ct);

            Assert.Equal((seed, Path(journal)), (seed, Path(report)));
            Assert.Equal((seed, Text(((EventBody.ExecutionCompleted)journal[^1].Body!).Variables)), (seed, Text(report.Variables.Select(pair => new Variable(pair.Key, pair.Value)))));
            Assert.Equal(calls, bench.Real.Effect.Calls.Count);
        }
    }

    private static Dictionary<NodeId, PinnedOutput> Pins(WorkflowDefinition definition, List<Fact> journal)
    {
        var effects = definition.Nodes.Where(node => node.Type == "test_effect").Select(node => node.Id).ToHashSet();
        var pins = new Dictionary<NodeId, PinnedOutput>();
        foreach (var fact in journal)
        {
            if (fact.Body is EventBody.Completed body && effects.Contains(fact.Node!.Value))
            {
                pins[fact.Node.Value] = new(body.Port, body.Output);
            }
        }

        return pins;
    }

    // Which runs there were and where they led; waits between tries, which a dry run does not have, change their order.
    private static string Path(IEnumerable<Fact> journal)
        => string.Join(" ", journal.Where(fact => fact.Body is EventBody.Completed).Select(fact => $"{fact.Node}→{((EventBody.Completed)fact.Body!).Port}").Order(StringComparer.Ordinal));

    private static string Path(DryRunReport report)
        => string.Join(" ", report.Trace.Where(entry => entry.Status == NodeStatus.Completed).Select(entry => $"{entry.Node}→{entry.Port}").Order(StringComparer.Ordinal));

    private static string Text(IEnumerable<Variable> variables) => string.Join(", ", variables.Select(variable => $"{variable.Name}={variable.Value}").Order(StringComparer.Ordinal));
}
