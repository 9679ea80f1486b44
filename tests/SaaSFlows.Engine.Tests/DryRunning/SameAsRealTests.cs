using System.Reflection;
using System.Text.Json;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Tests.Running;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.DryRunning;

/// <summary>A dry run whose effects are pinned to what they put out really goes the same way.</summary>
public sealed class SameAsRealTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generated_graphs_take_the_same_path_to_the_same_variables()
    {
        for (var seed = 40_000; seed < 40_500; seed++)
        {
            var bench = new DryBench();
            var definition = new GraphGenerator(seed, GraphParts.Loops).Make();

            var (real, dry) = await BothAsync(bench, definition, """{"n":1}""", default);

            // Waits between tries, which a dry run does not have, change the order of runs.
            Assert.Equal(
                (seed, string.Join(" ", real.Path.Order(StringComparer.Ordinal))),
                (seed, string.Join(" ", dry.Path.Order(StringComparer.Ordinal)))
            );
            Assert.Equal((seed, real.Variables), (seed, dry.Variables));
        }
    }

    [Fact]
    public async Task Every_rule_of_the_semantics_holds_in_a_dry_run()
    {
        var compared = 0;
        foreach (var resource in FlowTests.Flows.Select(row => row.Data))
        {
            await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
            var flow = (await JsonDocument.ParseAsync(stream, cancellationToken: Ct)).RootElement;
            var bench = new DryBench();
            var definition = bench.Real.Read(flow.GetRawText());

            var (real, dry) = await BothAsync(
                bench,
                definition,
                flow.TryGetProperty("input", out var input) ? input.GetRawText() : "{}",
                flow.TryGetProperty("variables", out var variables) ? variables : default
            );

            if (real.CanBePinned)
            {
                compared++;
                Assert.Equal((resource, string.Join("\n", real.Path)), (resource, string.Join("\n", dry.Path)));
                Assert.Equal(
                    (resource, real.End, real.Output, real.Variables),
                    (resource, dry.End, dry.Output, real.End.Length > 0 ? "" : dry.Variables)
                );
            }
        }

        Assert.True(compared >= 45, $"Only {compared} flows could be compared.");
    }

    private static async Task<(Outcome Real, Outcome Dry)> BothAsync(
        DryBench bench,
        WorkflowDefinition definition,
        string input,
        JsonElement variables
    )
    {
        bench.Real.Graph = GraphCompiler.Compile(definition, bench.Real.Catalogue);
        var execution = bench.Real.NewRef();
        bench.Real.Store.Accept(
            execution,
            new(Guid.Empty),
            JournalBodies.Started(new("start"), JsonElement.Parse(input), variables, default, default, bench.Real.Time.GetUtcNow())
        );
        await bench.Real.FinishAsync(execution.Id, Ct);
        var journal = bench.Real.Store.Journal(execution.Id).Select(EventBodyReader.Read).ToList();
        var calls = bench.Real.Effect.Calls.Count;
        var outcomes = Outcomes(definition, journal);

        var report = await bench.RunAsync(
            definition,
            input,
            outcomes.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!),
            Ct,
            variables
        );

        Assert.Equal(calls, bench.Real.Effect.Calls.Count);
        var isTriedOnce = !journal.Exists(fact => fact.Body is EventBody.Failed { Next: AfterFailure.Retry });
        return (Outcome.Of(journal) with { CanBePinned = isTriedOnce && !outcomes.ContainsValue(null) }, Outcome.Of(report));
    }

    // By the last outcome of each; null for one that nothing pins: it was tried again, failed the execution, or went on in spite of it.
    private static Dictionary<NodeId, PinnedOutput?> Outcomes(WorkflowDefinition definition, List<Fact> journal)
    {
        var effects = definition.Nodes.Where(node => node.Type == "test_effect").Select(node => node.Id).ToHashSet();
        return journal
            .Where(fact =>
                fact.Node is { } node
                && effects.Contains(node)
                && fact.Body is EventBody.Completed or EventBody.Failed { Next: not AfterFailure.Retry }
            )
            .GroupBy(fact => fact.Node!.Value)
            .ToDictionary(
                runs => runs.Key,
                runs =>
                {
                    var pins = runs.Select(fact =>
                            fact.Body switch
                            {
                                EventBody.Completed { PassesInput: false } body => new PinnedOutput(body.Port, body.Output),
                                EventBody.Failed { Next: AfterFailure.ErrorPort } body => new PinnedOutput(body.Port, body.Error),
                                _ => null,
                            }
                        )
                        .ToList();
                    return pins.TrueForAll(pin => $"{pin}" == $"{pins[0]}") ? pins[0] : null;
                }
            );
    }

    private sealed record Outcome(IReadOnlyList<string> Path, string Variables, string Output, string End)
    {
        public bool CanBePinned { get; init; }

        public static Outcome Of(List<Fact> journal)
        {
            var end = journal[^1].Body as EventBody.ExecutionCompleted;
            return new(
                [
                    .. journal
                        .Where(fact => fact.Body is EventBody.Completed or EventBody.Failed { Next: not AfterFailure.Retry })
                        .Select(fact => $"{fact.Scope}/{fact.Node}→{Port(fact.Body!)}"),
                ],
                Text((end?.Variables ?? []).Select(variable => (variable.Key, variable.Value))),
                $"{end?.Output}",
                end is null ? ((EventBody.ExecutionFailed)journal[^1].Body!).Code : ""
            );
        }

        public static Outcome Of(DryRunReport report) =>
            new(
                [.. report.Trace.Where(entry => entry.Status != NodeStatus.Skipped).Select(entry => $"{entry.Scope}/{entry.Node}→{entry.Port}")],
                Text(report.Variables.Select(pair => (pair.Key, pair.Value))),
                $"{report.Output}",
                report.ErrorCode ?? ""
            );

        private static string? Port(EventBody body) => body is EventBody.Completed completed ? completed.Port : ((EventBody.Failed)body).Port;

        private static string Text(IEnumerable<(string Name, JsonElement Value)> variables) =>
            string.Join(", ", variables.Select(variable => $"{variable.Name}={variable.Value}").Order(StringComparer.Ordinal));
    }
}
