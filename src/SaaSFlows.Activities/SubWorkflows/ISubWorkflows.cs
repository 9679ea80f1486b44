using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.SubWorkflows;

/// <summary>Starts workflows for executions of others.</summary>
public interface ISubWorkflows
{
    /// <summary>
    /// Starts a child of the execution. A second call with the same key starts nothing and answers with the first child; its end is then told to
    /// the bookmark named last.
    /// </summary>
    ValueTask<SubWorkflowStart> StartAsync(ExecutionRef parent, SubWorkflowCall call, CancellationToken ct);
}

/// <summary>What is to be started.</summary>
/// <param name="Workflow">Id or key, of the parent's community.</param>
/// <param name="TriggerNode">Null lets the workflow choose.</param>
/// <param name="Input">A JSON object.</param>
/// <param name="Bookmark">Where the parent waits for the end; null if it does not.</param>
public sealed record SubWorkflowCall(string Workflow, string? TriggerNode, JsonElement Input, BookmarkId? Bookmark, string IdempotencyKey);

/// <summary>What became of a call. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record SubWorkflowStart
{
    // Private, so the nested cases below are the whole family.
    private SubWorkflowStart() { }

    public T Match<T>(Func<Started, T> started, Func<Ended, T> ended, Func<Failed, T> failed) =>
        this switch
        {
            Started result => started(result),
            Ended result => ended(result),
            Failed result => failed(result),
            _ => throw new InvalidOperationException("The family of starts is closed."),
        };

    /// <summary>It is on disk; if the parent waits, its end will come to the bookmark.</summary>
    public sealed record Started(ExecutionId Child, WorkflowId Workflow) : SubWorkflowStart;

    /// <summary>It was started by an earlier try and has ended since.</summary>
    /// <param name="Result">As it would have reached the bookmark.</param>
    public sealed record Ended(JsonElement Result) : SubWorkflowStart;

    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author.</param>
    /// <param name="Retryable">Whether trying again can help.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : SubWorkflowStart;
}
