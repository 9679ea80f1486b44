using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Tests.Running;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Engine.Tests.Views;

public sealed class ExecutionViewTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_tell_what_each_event_did()
    {
        var bench = new EngineBench();
        await bench.RunAsync(
            Running.Graphs.OneEffect(
                """{"ask":"key","fail_times":1}""",
                """, "retry": { "max_attempts": 2, "backoff": "fixed", "initial_seconds": 5 }"""
            ),
            ct: Ct,
            untilParked: true
        );
        var execution = EngineBench.NewId(1);
        bench.Store.PutFact(execution, InboxFactKind.Stimulus, bench.Store.Bookmarks(execution)[0].Id, "\"yes\""u8.ToArray());
        await bench.FinishAsync(execution, Ct);

        var projection = new ExecutionProjection(bench.Graph!);
        var changes = bench
            .Store.Journal(execution)
            .SelectMany(projection.Apply)
            .Select(change =>
                change.Match(node => $"{node.Seq} {node.Node.Id} {node.Node.Status} {node.Node.Attempt}", whole => $"{whole.Seq} {whole.Status}")
            );

        Assert.Equal(
            [
                "1 Running",
                "2 start Completed 1",
                "3 call Running 1",
                "4 call Waiting 1",
                "4 Waiting",
                "5 call Running 1",
                "5 Running",
                "6 call Running 2",
                "7 call Waiting 2",
                "7 Waiting",
                "8 call Running 2",
                "8 Running",
                "9 call Completed 2",
                "10 end Completed 1",
                "11 Completed",
            ],
            changes
        );
    }

    [Fact]
    public async Task An_event_seen_before_changes_nothing()
    {
        var bench = new EngineBench();
        await bench.RunAsync(Running.Graphs.OneEffect(), ct: Ct);
        var journal = bench.Store.Journal(EngineBench.NewId(1));
        var projection = new ExecutionProjection(bench.Graph!);

        Assert.All(journal, recorded => Assert.NotEmpty(projection.Apply(recorded)));
        Assert.All(journal, recorded => Assert.Empty(projection.Apply(recorded)));
    }

    [Fact]
    public async Task A_node_shows_what_came_in_what_went_out_and_its_log()
    {
        var bench = new EngineBench();
        var view = await bench.RunAsync(Running.Graphs.OneEffect("""{"result":{"n":2}}"""), """{"n":1}""", ct: Ct);

        var call = view.Nodes[1];
        Assert.Equal(("""{"n":1}""", """{"n":2}""", "success"), (call.Input.GetRawText(), call.Output.GetRawText(), call.Port));
        Assert.Equal(["done"], call.Logs);
        Assert.Equal("""{"n":1}""", view.Input.GetRawText());
        Assert.Equal(("start", (long)bench.Store.Journal(EngineBench.NewId(1)).Count), (view.Trigger?.Value, view.LastSeq));
        Assert.NotNull(view.EndedAt);
    }
}
