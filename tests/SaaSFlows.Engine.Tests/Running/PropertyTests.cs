using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>What holds for every graph, tried on thousands of generated ones. A failure names the seed.</summary>
public sealed class PropertyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true)]
    [InlineData(10_000, false)]
    public async Task Every_token_is_consumed_once_and_no_merge_waits_for_ever(int firstSeed, bool countingMerges)
    {
        for (var seed = firstSeed; seed < firstSeed + 1_500; seed++)
        {
            var (bench, execution) = await RunAsync(seed, countingMerges, effects: 4);
            var journal = bench.Store.Journal(execution.Id);
            var state = Fold(bench.Graph!, journal);

            Assert.True(state.Status == ExecutionStatus.Completed && state.Live.Count == 0, $"seed {seed}: {state.Status}, {state.Live.Count} tokens left");
            var consumed = journal.Where(Consumes).Select(recorded => recorded.Token).ToList();
            Assert.True(consumed.Count == consumed.Distinct().Count(), $"seed {seed}: a token was consumed twice");
            foreach (var merge in bench.Graph!.Nodes.Where(node => node.IsMerge))
            {
                Assert.True(journal.Count(recorded => recorded.Kind == JournalEventKind.NodeCompleted && recorded.Node == merge.Id) <= 1, $"seed {seed}: {merge.Id} ran twice");
            }
        }
    }

    [Fact]
    public async Task Every_prefix_of_a_journal_resumes_to_the_same_result()
    {
        for (var seed = 20_000; seed < 20_100; seed++)
        {
            var (whole, execution) = await RunAsync(seed, countingMerges: seed % 2 == 0, effects: 1);
            var journal = whole.Store.Journal(execution.Id);
            var expected = Result(whole, execution);
            for (var length = 1; length < journal.Count; length++)
            {
                var cut = new EngineBench(new WorkerOptions { EffectsPerExecution = 1 }) { Graph = whole.Graph };
                var again = cut.NewRef();
                var prefix = journal.Take(length).ToList();
                cut.Store.Restore(again, new(Guid.Empty), prefix, OpenBookmarks(whole.Graph!, prefix));
                cut.Time.Advance(prefix[^1].At - cut.Time.GetUtcNow());
                await cut.FinishAsync(again.Id, Ct);

                Assert.True(expected == Result(cut, again), $"seed {seed}, cut after {length}:\n{expected}\nbut\n{Result(cut, again)}");
            }
        }
    }

    [Fact]
    public async Task Effects_side_by_side_give_the_same_as_one_by_one()
    {
        for (var seed = 30_000; seed < 30_500; seed++)
        {
            var (one, first) = await RunAsync(seed, countingMerges: false, effects: 1);
            var (four, second) = await RunAsync(seed, countingMerges: false, effects: 4);

            Assert.Equal((seed, Runs(one, first)), (seed, Runs(four, second)));
            Assert.Equal(one.Effect.Calls.Select(call => call.Key).Order(), four.Effect.Calls.Select(call => call.Key).Order());
        }
    }

    private static bool Consumes(JournalEvent recorded) => recorded.Kind switch
    {
        JournalEventKind.NodeCompleted or JournalEventKind.NodeSkipped or JournalEventKind.TokenAbsorbed => true,
        JournalEventKind.NodeFailed => ((EventBody.Failed)EventBodyReader.Read(recorded).Body!).Next != AfterFailure.Retry,
        _ => false,
    };

    private static async Task<(EngineBench Bench, ExecutionRef Execution)> RunAsync(int seed, bool countingMerges, int effects)
    {
        var bench = new EngineBench(new WorkerOptions { EffectsPerExecution = effects });
        bench.Graph = GraphCompiler.Compile(new GraphGenerator(seed, countingMerges).Make(), bench.Catalogue);
        var execution = bench.NewRef();
        bench.Store.Accept(execution, new(Guid.Empty), JournalBodies.Started(
            new("start"), JsonElement.Parse("""{"n":1}"""), default, default, default, bench.Time.GetUtcNow()));
        await bench.FinishAsync(execution.Id, Ct);
        return (bench, execution);
    }

    private static ExecutionState Fold(CompiledGraph graph, IEnumerable<JournalEvent> journal)
    {
        var state = new ExecutionState(graph);
        foreach (var recorded in journal)
        {
            state.Apply(EventBodyReader.Read(recorded));
        }

        return state;
    }

    private static IEnumerable<Bookmark> OpenBookmarks(CompiledGraph graph, List<JournalEvent> prefix)
    {
        var open = Fold(graph, prefix).Live.Where(token => token.Bookmark is not null).Select(token => token.Bookmark!.Value).ToHashSet();
        return prefix.Select(recorded => (recorded.Node, EventBodyReader.Read(recorded).Body)).Select(pair => pair.Body switch
        {
            EventBody.Suspended body => new Bookmark(body.Bookmark, pair.Node!.Value, body.Kind, body.Key, body.Due),
            EventBody.Failed { Bookmark: { } id } body => new Bookmark(id, pair.Node!.Value, "retry", null, body.RetryAt),
            _ => null,
        }).OfType<Bookmark>().Where(bookmark => open.Contains(bookmark.Id));
    }

    // What ran with which output, the variables and the end; not the order, which lost tries and waits may change.
    private static string Result(EngineBench bench, ExecutionRef execution)
    {
        var view = bench.View(execution.Id);
        return $"{view.Status} {Runs(bench, execution)} {string.Join(",", view.Variables.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"))}";
    }

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
                    runs.Add($"{of.Node.Id}→{of.Node.Output}");
                }
            }
        }

        return string.Join(" ", runs.Order(StringComparer.Ordinal));
    }
}
