using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Tests.Histories;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>What holds for every graph, tried on thousands of generated ones. A failure names the seed.</summary>
public sealed class PropertyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, GraphParts.CountingMerges)]
    [InlineData(10_000, GraphParts.None)]
    [InlineData(20_000, GraphParts.Loops)]
    [InlineData(30_000, GraphParts.Loops | GraphParts.Races)]
    [InlineData(40_000, GraphParts.Loops | GraphParts.Races | GraphParts.CountingMerges | GraphParts.Failures | GraphParts.Answers)]
    internal async Task Every_token_is_consumed_once_and_no_merge_waits_for_ever(int firstSeed, GraphParts parts)
    {
        for (var seed = firstSeed; seed < firstSeed + 1_000; seed++)
        {
            var (bench, execution) = await RunAsync(seed, parts, effects: 4);
            var journal = bench.Store.Journal(execution.Id);
            var state = JournalReading.Fold(bench.Graph!, journal);

            var failed = parts.HasFlag(GraphParts.Failures) || parts.HasFlag(GraphParts.Races);
            Assert.True(
                (state.Status == ExecutionStatus.Completed && state.Live.Count == 0) || (state.Status == ExecutionStatus.Failed && failed),
                $"seed {seed}: {state.Status}, {state.Live.Count} tokens left"
            );
            var consumed = journal.Where(Consumes).Select(recorded => recorded.Token).ToList();
            Assert.True(consumed.Count == consumed.Distinct().Count(), $"seed {seed}: a token was consumed twice");
            var merges = bench.Graph!.Nodes.Where(node => node.IsMerge).Select(node => node.Id).ToHashSet();
            var fired = journal.Where(recorded => recorded.Kind == JournalEventKind.NodeCompleted && merges.Contains(recorded.Node!.Value)).ToList();
            Assert.True(
                fired.Count == fired.DistinctBy(recorded => (recorded.Node, recorded.Scope)).Count(),
                $"seed {seed}: a merge ran twice in a scope"
            );

            // A merge that waits for all that can come has nothing to absorb.
            Assert.True(
                parts.HasFlag(GraphParts.CountingMerges) || journal.All(recorded => recorded.Kind != JournalEventKind.TokenAbsorbed),
                $"seed {seed}: a merge ran too early"
            );
        }
    }

    [Theory]
    [InlineData(50_000, 100, GraphParts.None)]
    [InlineData(60_000, 60, GraphParts.Loops | GraphParts.Races | GraphParts.CountingMerges | GraphParts.Failures)]
    [InlineData(65_000, 60, GraphParts.Loops | GraphParts.Answers)]
    internal async Task Every_prefix_of_a_journal_resumes_to_the_same_result(int firstSeed, int count, GraphParts parts)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var (whole, execution) = await RunAsync(seed, parts, effects: 1);
            var journal = whole.Store.Journal(execution.Id);
            var expected = Result(whole, execution);
            for (var length = 1; length < Math.Min(journal.Count, 100); length++)
            {
                var (cut, again) = Cut(whole.Graph!, journal, length);
                await cut.FinishAsync(again.Id, Ct);

                Assert.True(expected == Result(cut, again), $"seed {seed}, cut after {length}:\n{expected}\nbut\n{Result(cut, again)}");
            }
        }
    }

    [Theory]
    [InlineData(70_000, GraphParts.None)]
    [InlineData(80_000, GraphParts.Loops | GraphParts.Answers)]
    internal async Task Effects_side_by_side_give_the_same_as_one_by_one(int firstSeed, GraphParts parts)
    {
        for (var seed = firstSeed; seed < firstSeed + 500; seed++)
        {
            var (one, first) = await RunAsync(seed, parts, effects: 1);
            var (four, second) = await RunAsync(seed, parts, effects: 4);

            Assert.True(Runs(one, first) == Runs(four, second), $"seed {seed}:\n{Runs(one, first)}\nbut side by side\n{Runs(four, second)}");
            Assert.Equal(one.Effect.Calls.Select(call => call.Key).Order(), four.Effect.Calls.Select(call => call.Key).Order());
        }
    }

    [Fact]
    public async Task A_cancel_at_any_event_of_any_graph_ends_it_and_leaves_nothing_open()
    {
        for (var seed = 90_000; seed < 90_060; seed++)
        {
            var (whole, execution) = await RunAsync(
                seed,
                GraphParts.Loops | GraphParts.Races | GraphParts.CountingMerges | GraphParts.Answers,
                effects: 1
            );
            var journal = whole.Store.Journal(execution.Id);
            for (var length = 1; length < Math.Min(journal.Count, 100); length++)
            {
                var (cut, again) = Cut(whole.Graph!, journal, length);
                cut.Store.PutFact(again.Id, InboxFactKind.Cancel, null, "{}"u8.ToArray());
                await cut.FinishAsync(again.Id, Ct);

                var after = cut.Store.Journal(again.Id);
                Assert.True(
                    cut.Store.EndOf(again.Id)!.Status == ExecutionStatus.Cancelled,
                    $"seed {seed}, cut after {length}: {cut.Store.EndOf(again.Id)!.Status}"
                );
                Assert.Single(after, recorded => recorded.Kind == JournalEventKind.CancelRequested);
                Assert.Equal(JournalEventKind.ExecutionCancelled, after[^1].Kind);
                Assert.Empty(cut.Store.Bookmarks(again.Id));
                Assert.DoesNotContain(after.Skip(length), recorded => recorded.Kind is JournalEventKind.EffectIntended);
            }
        }
    }

    private static (EngineBench Bench, ExecutionRef Execution) Cut(CompiledGraph graph, IReadOnlyList<JournalEvent> journal, int length)
    {
        var cut = new EngineBench(new WorkerOptions { EffectsPerExecution = 1 }) { Graph = graph };
        var again = cut.NewRef();
        var prefix = journal.Take(length).ToList();
        cut.Store.Restore(again, new(Guid.Empty), prefix, JournalReading.OpenBookmarks(graph, prefix));
        cut.Time.Advance(prefix[^1].At - cut.Time.GetUtcNow());
        return (cut, again);
    }

    private static bool Consumes(JournalEvent recorded) =>
        recorded.Kind switch
        {
            JournalEventKind.NodeCompleted => EventBodyReader.Read(recorded).Body is EventBody.Completed { Bookmark: null },
            JournalEventKind.NodeSkipped or JournalEventKind.TokenAbsorbed => true,
            JournalEventKind.NodeFailed => ((EventBody.Failed)EventBodyReader.Read(recorded).Body!).Next != AfterFailure.Retry,
            _ => false,
        };

    private static async Task<(EngineBench Bench, ExecutionRef Execution)> RunAsync(int seed, GraphParts parts, int effects)
    {
        var bench = new EngineBench(new WorkerOptions { EffectsPerExecution = effects });
        var definition = new GraphGenerator(seed, parts).Make();
        var report = new GraphValidator(bench.Catalogue, bench.Limits).Validate(definition);
        Assert.True(report.IsValid, $"seed {seed}: {string.Join("; ", report.Errors.Concat(report.NodeErrors.SelectMany(pair => pair.Value)))}");
        bench.Graph = GraphCompiler.Compile(definition, bench.Catalogue);
        var execution = bench.NewRef();
        bench.Store.Accept(
            execution,
            new(Guid.Empty),
            JournalBodies.Started(new("start"), JsonElement.Parse("""{"n":1}"""), default, default, default, bench.Time.GetUtcNow())
        );
        try
        {
            await bench.FinishAsync(execution.Id, Ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"seed {seed}", error);
        }

        return (bench, execution);
    }

    // What ran with which output, the variables and the end; not the order, which lost tries and waits may change.
    private static string Result(EngineBench bench, ExecutionRef execution)
    {
        var view = bench.View(execution.Id);
        return $"{view.Status} {Runs(bench, execution)} "
            + $"{string.Join(",", view.Variables.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"))}";
    }

    // Tokens that come over one connection are gathered in their own order, which timing makes.
    private static string InOneOrder(JsonElement output) =>
        output.ValueKind == JsonValueKind.Object && output.TryGetProperty("inputs", out var inputs)
            ? $"inputs({string.Join(", ", inputs.EnumerateArray().Select(InOneOrder).Order(StringComparer.Ordinal))})"
            : output.ToString();

    private static string Runs(EngineBench bench, ExecutionRef execution)
    {
        var projection = new ExecutionProjection(bench.Graph!);
        var runs = new List<string>();
        foreach (var recorded in bench.Store.Journal(execution.Id))
        {
            foreach (var change in projection.Apply(recorded))
            {
                if (recorded.Kind == JournalEventKind.NodeCompleted && change is ExecutionChange.OfNode of && of.Node.Id == recorded.Node)
                {
                    runs.Add($"{of.Node.Scope}/{of.Node.Id}→{InOneOrder(of.Node.Output)}");
                }
            }
        }

        return string.Join(" ", runs.Order(StringComparer.Ordinal));
    }
}
