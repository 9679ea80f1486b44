using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>The body of a journal event, read. Which case belongs to which kind: <c>docs/execution-semantics.md</c>, Journal.</summary>
internal abstract record EventBody
{
    // Private, so the nested cases below are the whole family.
    private EventBody() { }

    /// <param name="Seed">Where and with what it begins if not at the trigger node; null for there.</param>
    public sealed record Started(
        string Trigger,
        JsonElement Input,
        JsonElement Variables,
        JsonElement Env,
        JsonElement Metadata,
        StartSeed? Seed = null
    ) : EventBody
    {
        /// <summary>What was captured of where the execution runs: objects <c>workflow</c> and <c>tenant</c>; undefined for nothing.</summary>
        public JsonElement Place { get; init; }
    }

    /// <param name="Bookmark">Of the time limit of the branches that leave.</param>
    /// <param name="Output">Undefined where <paramref name="PassesInput"/> says that it is what arrived.</param>
    public sealed record Completed(
        string? Port,
        JsonElement Output,
        bool PassesInput,
        IReadOnlyList<Variable> Variables,
        IReadOnlyList<string> Logs,
        BookmarkId? Bookmark = null,
        DateTimeOffset? Due = null
    ) : EventBody;

    /// <param name="Error">An object with code, message and perhaps detail: what the error port carries.</param>
    public sealed record Failed(
        JsonElement Error,
        bool Retryable,
        AfterFailure Next,
        string? Port,
        DateTimeOffset? RetryAt,
        BookmarkId? Bookmark,
        IReadOnlyList<string> Logs
    ) : EventBody
    {
        /// <summary>
        /// Of a <c>flow_parallel</c> whose time is up: what its branches brought to where they meet is cancelled too. Absent in journals before 0.3.
        /// </summary>
        public bool CancelsArrived { get; init; }
    }

    public sealed record Suspended(
        BookmarkId Bookmark,
        string Kind,
        string? Key,
        DateTimeOffset? Due,
        IReadOnlyList<Variable> Variables,
        IReadOnlyList<string> Logs
    ) : EventBody
    {
        /// <summary>Undefined for none.</summary>
        public JsonElement Data { get; init; }
    }

    public sealed record Stimulated(BookmarkId Bookmark, string Kind, JsonElement Payload) : EventBody;

    /// <param name="Items">An array; undefined if a condition decides.</param>
    /// <param name="CollectBytes">Bytes that the results may have; null if nobody wants them.</param>
    public sealed record LoopStarted(JsonElement Items, string? Item, string? Index, int MaxParallel, int? CollectBytes, IReadOnlyList<string> Logs)
        : EventBody;

    public sealed record IterationStarted(IReadOnlyList<string> Logs) : EventBody;

    public sealed record Skipped(string Reason, string? Port) : EventBody;

    public sealed record CancelRequested(string? By, string? Reason) : EventBody;

    public sealed record ExecutionCompleted(JsonElement Output, Dictionary<string, JsonElement> Variables) : EventBody;

    public sealed record ExecutionFailed(string Code, string Message, string? Node) : EventBody;
}

/// <summary>What follows a failed try.</summary>
internal enum AfterFailure
{
    Retry,
    ErrorPort,
    Continue,
    Fail,
}

/// <summary>What an execution that begins in the middle has behind it.</summary>
/// <param name="At">The node that runs first.</param>
/// <param name="Input">What arrives there; for a merge the array of what it gathers.</param>
/// <param name="Trigger">What the trigger node put out.</param>
/// <param name="Outputs">An object: what each node put out last.</param>
internal sealed record StartSeed(NodeId At, JsonElement Input, JsonElement Trigger, JsonElement Outputs);

/// <summary>A variable: of the workflow, or local to the iteration that sets it.</summary>
internal readonly record struct Variable(string Name, JsonElement Value, bool IsLocal = false);

/// <summary>A journal event, read: what the fold takes in. Live and from the journal it is the same.</summary>
/// <param name="Body">Null for kinds without one.</param>
internal readonly record struct Fact(
    JournalEventKind Kind,
    NodeId? Node,
    string Scope,
    int Token,
    int Attempt,
    int Ordinal,
    DateTimeOffset At,
    EventBody? Body
);
