using System.Text;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>What one execution leaves for the next to use again must be empty.</summary>
public sealed class ReuseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_sees_nothing_of_the_one_before()
    {
        var bench = new EngineBench();
        bench.Compile(
            """
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "start", "config": {} },
                "look": { "node_type": "data_variable_set", "label": "look", "config": { "variables": { "seen": "{{variables.mark}}/{{nodes.mark}}" }
                } },
                "each": { "node_type": "loop_foreach", "label": "each", "config": { "array_variable": [1, 2], "collect": true } },
                "inside": { "node_type": "data_variable_set", "label": "inside", "config": { "scope": "local",
                "variables": { "here": "{{variables.here}}x" } } },
                "mark": { "node_type": "data_variable_set", "label": "mark", "config": { "variables": { "mark": "set before" } } },
                "end": { "node_type": "flow_end", "label": "end", "config": { "output_data": "{{seen}} {{nodes.each.output}} {{input}}" } }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "look" },
                { "from_node_id": "look", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "loop", "to_node_id": "inside" },
                { "from_node_id": "each", "from_port_name": "complete", "to_node_id": "mark" },
                { "from_node_id": "mark", "to_node_id": "end" }
              ]
            }
            """
        );
        var first = bench.Accept();
        await bench.FinishAsync(first, Ct);
        var second = bench.Accept();
        await bench.FinishAsync(second, Ct);

        Assert.Equal(Told(bench.Store.Journal(first)), Told(bench.Store.Journal(second)));
        Assert.StartsWith("\"/ ", bench.View(second).Output.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_whose_write_was_left_alone_keep_their_bodies()
    {
        var lost = PendingEvents.Rent();
        lost.Add(Failed("the first"));
        var append = lost.ToAppend(new(Guid.Empty), 1, 0, ExecutionTransition.Continue.Instance);
        lost.Dispose();

        // More than are ever kept: one of them would be the lost one.
        for (var i = 0; i < 100; i++)
        {
            PendingEvents.Rent().Add(Failed("another"));
        }

        Assert.Contains("the first", Encoding.UTF8.GetString(append.Events[0].Body.Span), StringComparison.Ordinal);
    }

    private static string[] Told(IReadOnlyList<JournalEvent> journal) =>
        [.. journal.Select(e => $"{e.Seq} {e.Kind} {e.Node} {e.Scope} {e.Token} {e.Attempt} {e.Ordinal} {Encoding.UTF8.GetString(e.Body.Span)}")];

    private static Fact Failed(string message) =>
        new(JournalEventKind.ExecutionFailed, null, "", 0, 0, 0, default, new EventBody.ExecutionFailed("code", message, null));
}
