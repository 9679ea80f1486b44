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

    /// <param name="status">Only runs that ended so; null for all.</param>
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

        // What a run received follows from all that was before, so each page reads the journal from its start.
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

/// <summary>One run of a node that ended.</summary>
/// <param name="Seq">Number of the event that ended it.</param>
/// <param name="Number">Which run of the node it was, from 1.</param>
/// <param name="Node">The node as that run left it.</param>
public sealed record NodeRun(long Seq, int Number, NodeView Node);

/// <summary>Some of a node's runs, in the order in which they ended.</summary>
/// <param name="Next">What the next page comes after; null if there is none.</param>
public sealed record NodeRunPage(IReadOnlyList<NodeRun> Runs, long? Next);
