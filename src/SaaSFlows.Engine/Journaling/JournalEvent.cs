using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>What a journal event says happened. Numbers are stored: never reuse or renumber one.</summary>
public enum JournalEventKind : short
{
    /// <summary>Accepted. Body: trigger node, trigger data, initial variables, env.</summary>
    ExecutionStarted = 1,

    /// <summary>A node run ended well. Body: port, output, variables it set, log lines.</summary>
    NodeCompleted = 2,

    /// <summary>An effect is about to be tried. Body: null. Written before the deed.</summary>
    EffectIntended = 3,

    /// <summary>A try failed. Body: code, message, retryable, what follows (retry with its time, error port, continue, fail), log lines.</summary>
    NodeFailed = 4,

    /// <summary>A node waits. Body: bookmark id, kind, key, due, log lines.</summary>
    NodeSuspended = 5,

    /// <summary>A fact reached a bookmark. Body: bookmark id, stimulus kind, payload. The node's end follows as its own event.</summary>
    StimulusReceived = 6,

    /// <summary>A token came to a merge that had fired. Body: null.</summary>
    TokenAbsorbed = 7,

    /// <summary>A token came to a disabled node and passed through, or a node was skipped. Body: reason, port.</summary>
    NodeSkipped = 8,

    /// <summary>Somebody asked to cancel. Body: by, reason.</summary>
    CancelRequested = 9,

    /// <summary>No token lives. Body: final output, final variables.</summary>
    ExecutionCompleted = 10,

    /// <summary>Body: code, message, node.</summary>
    ExecutionFailed = 11,

    ExecutionCancelled = 12,

    /// <summary>A loop took its items, or its condition held for the first time. Body: items, names, how many side by side.</summary>
    LoopStarted = 13,

    /// <summary>The condition of a loop held once more.</summary>
    IterationStarted = 14,
}

/// <summary>One recorded fact of an execution. The journal is the truth; everything shown is a projection of it.</summary>
/// <param name="Seq">1, 2, 3, … without gaps within the execution.</param>
/// <param name="Node">The node that it is about; null for facts about the whole execution.</param>
/// <param name="Scope">Path of loop iterations around the node, such as <c>each_order:3/each_line:0</c>; empty for the graph itself.</param>
/// <param name="Token">The token that was consumed; 0 for none. Tokens are numbered in the order in which the fold creates them.</param>
/// <param name="Attempt">1 for the first try; 0 where tries mean nothing.</param>
/// <param name="Ordinal">How many runs of this node in this scope were begun before this one.</param>
/// <param name="At">When it was recorded, UTC, to the microsecond.</param>
/// <param name="Body">UTF-8 JSON object whose fields the kind defines (<c>docs/execution-semantics.md</c>); empty for none.</param>
public sealed record JournalEvent(
    long Seq,
    JournalEventKind Kind,
    NodeId? Node,
    string Scope,
    int Token,
    int Attempt,
    int Ordinal,
    DateTimeOffset At,
    ReadOnlyMemory<byte> Body
);
