using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>The body of a journal event, read. Which case belongs to which kind: <c>docs/execution-semantics.md</c>, Journal.</summary>
internal abstract record EventBody
{
    // Private, so the nested cases below are the whole family.
    private EventBody()
    {
    }

    public sealed record Started(string Trigger, JsonElement Input, JsonElement Variables, JsonElement Env, JsonElement Metadata) : EventBody;

    /// <param name="Output">Undefined where <paramref name="PassesInput"/> says that it is what arrived.</param>
    public sealed record Completed(
        string? Port,
        JsonElement Output,
        bool PassesInput,
        IReadOnlyList<Variable> Variables,
        IReadOnlyList<string> Logs) : EventBody;

    /// <param name="Error">An object with code, message and perhaps detail: what the error port carries.</param>
    public sealed record Failed(
        JsonElement Error,
        bool Retryable,
        AfterFailure Next,
        string? Port,
        DateTimeOffset? RetryAt,
        BookmarkId? Bookmark,
        IReadOnlyList<string> Logs) : EventBody;

    public sealed record Suspended(
        BookmarkId Bookmark,
        string Kind,
        string? Key,
        DateTimeOffset? Due,
        IReadOnlyList<Variable> Variables,
        IReadOnlyList<string> Logs) : EventBody;

    public sealed record Stimulated(BookmarkId Bookmark, string Kind, JsonElement Payload) : EventBody;

    public sealed record Skipped(string Reason, string? Port) : EventBody;

    public sealed record CancelRequested(string? By, string? Reason) : EventBody;

    public sealed record ExecutionCompleted(JsonElement Output, IReadOnlyCollection<Variable> Variables) : EventBody;

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

/// <summary>A workflow variable.</summary>
internal readonly record struct Variable(string Name, JsonElement Value);

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
    EventBody? Body);
