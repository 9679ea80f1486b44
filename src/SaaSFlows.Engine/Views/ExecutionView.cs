using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Views;

/// <summary>An execution as people see it: a projection of its journal.</summary>
/// <param name="Status">As far as the journal tells; whether a worker has it stands in the queue.</param>
/// <param name="Trigger">The node that it started at.</param>
/// <param name="Input">What started it; undefined if nothing did.</param>
/// <param name="Nodes">Every node of the graph, in the definition's order.</param>
/// <param name="Path">Nodes in the order in which their runs ended.</param>
/// <param name="Output">Final output; undefined before the end and if there is none.</param>
/// <param name="LastSeq">Sequence number of the last event that is in it.</param>
public sealed record ExecutionView(
    ExecutionStatus Status,
    NodeId? Trigger,
    JsonElement Input,
    JsonElement Metadata,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<NodeView> Nodes,
    IReadOnlyList<NodeId> Path,
    IReadOnlyDictionary<string, JsonElement> Variables,
    JsonElement Output,
    string? ErrorCode,
    string? ErrorMessage,
    NodeId? ErrorNode,
    long LastSeq
)
{
    /// <summary>More node runs ended than <see cref="Path"/> shows: it holds the first thousand.</summary>
    public bool PathTruncated { get; init; }

    /// <summary>Projects a whole journal (or its first events).</summary>
    public static ExecutionView From(CompiledGraph graph, IEnumerable<JournalEvent> events)
    {
        var projection = new ExecutionProjection(graph);
        foreach (var recorded in events)
        {
            projection.Apply(recorded);
        }

        return projection.View();
    }
}

/// <summary>A node as people see it: its last run; of several side by side, the one that changed last.</summary>
/// <param name="Input">What arrived; undefined before it began.</param>
/// <param name="Output">What it put out; undefined before it ended.</param>
/// <param name="Error">Object with code, message and perhaps detail; undefined if it did not fail.</param>
/// <param name="Attempt">Tries begun in this run; 0 before the first.</param>
/// <param name="Port">The port that it left by.</param>
/// <param name="Runs">How often it ran.</param>
public sealed record NodeView(
    NodeId Id,
    NodeStatus Status,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    JsonElement Input,
    JsonElement Output,
    IReadOnlyList<string> Logs,
    JsonElement Error,
    int Attempt,
    string? Port,
    int Runs
)
{
    /// <summary>Path of loop iterations around the run, such as <c>each_order:3</c>; empty outside of loops.</summary>
    public string Scope { get; init; } = "";

    /// <summary>
    /// While it waits: when it goes on by itself, by the next try or a time limit. Null if it waits for an answer as long as that takes.
    /// </summary>
    public DateTimeOffset? WaitingUntil { get; init; }

    /// <summary>How many of its runs failed, whatever followed: later ones may hide them.</summary>
    public int FailedRuns { get; init; }
}

/// <summary>Where a node stands.</summary>
public enum NodeStatus
{
    Pending,
    Running,
    Waiting,
    Completed,
    Failed,
    Skipped,
    Cancelled,
}

/// <summary>What an event changed for people who watch. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ExecutionChange
{
    // Private, so the nested cases below are the whole family.
    private ExecutionChange(long seq, DateTimeOffset at) => (Seq, At) = (seq, at);

    /// <summary>Sequence number of the event that made the change.</summary>
    public long Seq { get; }

    public DateTimeOffset At { get; }

    public T Match<T>(Func<OfNode, T> node, Func<OfExecution, T> execution) =>
        this switch
        {
            OfNode change => node(change),
            OfExecution change => execution(change),
            _ => throw new InvalidOperationException("The family of changes is closed."),
        };

    /// <summary>A node changed; <paramref name="Node"/> is all of it.</summary>
    public sealed record OfNode(long Seq, DateTimeOffset At, NodeView Node) : ExecutionChange(Seq, At);

    /// <summary>The execution changed its status.</summary>
    /// <param name="Output">Final output; undefined unless it completed.</param>
    public sealed record OfExecution(
        long Seq,
        DateTimeOffset At,
        ExecutionStatus Status,
        JsonElement Output,
        string? ErrorCode,
        string? ErrorMessage,
        NodeId? ErrorNode
    ) : ExecutionChange(Seq, At);
}
