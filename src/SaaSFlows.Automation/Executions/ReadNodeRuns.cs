using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Reads the runs of one node, page by page: a node in a loop runs once per iteration, and an execution shows only the last run.</summary>
public sealed class ReadNodeRuns(ShowExecution show, ExecutionHistory history)
{
    private const int MostBytes = 1024 * 1024;

    /// <param name="status">Only runs with this status; null for all.</param>
    /// <param name="after">The event that ended the last run already known.</param>
    public async Task<Result<NodeRunPage>> RunAsync(
        Caller caller,
        ExecutionId id,
        NodeId node,
        NodeStatus? status,
        long after,
        int max,
        CancellationToken ct
    )
    {
        if (await show.GraphAsync(caller, id, ct) is not { } graph)
        {
            return new AutomationError.NotFound("execution");
        }

        if (graph.Definition.Nodes.All(known => known.Id != node))
        {
            return new AutomationError.NotFound("node");
        }

        // The input of a run depends on all earlier events, so each page reads the journal from its start.
        var (projection, runs, bytes) = (new ExecutionProjection(graph), new List<NodeRun>(), 0L);
        await foreach (var recorded in history.ReadAsync(caller.Scope(), id, 0, ct))
        {
            var changes = projection.Apply(recorded);
            if (
                recorded.Seq <= after
                || recorded.Node != node
                || EndedIn(changes, node) is not { } ended
                || (status is { } wanted && ended.Status != wanted)
            )
            {
                continue;
            }

            if (runs.Count >= max || bytes >= MostBytes)
            {
                return new NodeRunPage(runs, runs[^1].Seq);
            }

            runs.Add(new NodeRun(recorded.Seq, recorded.Ordinal + 1, ended));
            bytes += SizeOf(ended.Input) + SizeOf(ended.Output) + ended.Logs.Sum(line => line.Length);
        }

        return new NodeRunPage(runs, null);
    }

    private static NodeView? EndedIn(IReadOnlyList<ExecutionChange> changes, NodeId node) =>
        changes
            .OfType<ExecutionChange.OfNode>()
            .Select(change => change.Node)
            .FirstOrDefault(view => view.Id == node && view.Status is NodeStatus.Completed or NodeStatus.Failed or NodeStatus.Skipped);

    private static long SizeOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined ? 0 : System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value).Length;
}

/// <summary>An ended run of a node.</summary>
/// <param name="Seq">Number of the event that ended it.</param>
/// <param name="Number">The number of the run of this node, from 1.</param>
/// <param name="Node">The state of the node after the run.</param>
public sealed record NodeRun(long Seq, int Number, NodeView Node);

/// <summary>A page of the runs of a node, in the order of their ends.</summary>
/// <param name="Next">The event to continue after; null if there is no next page.</param>
public sealed record NodeRunPage(IReadOnlyList<NodeRun> Runs, long? Next);
