using System.Text.Json;

namespace SaaSFlows.Engine.Activities;

/// <summary>How a node run ended. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ActivityResult
{
    // Private, so the nested cases below are the whole family.
    private ActivityResult() { }

    public T Match<T>(Func<Completed, T> completed, Func<Suspended, T> suspended, Func<Failed, T> failed, Func<Iterating, T> iterating) =>
        this switch
        {
            Completed result => completed(result),
            Suspended result => suspended(result),
            Failed result => failed(result),
            Iterating result => iterating(result),
            _ => throw new InvalidOperationException("The family of activity results is closed."),
        };

    /// <summary>The node is done and leaves by <paramref name="Port"/> with <paramref name="Output"/>. A port of null ends the branch.</summary>
    public sealed record Completed(string? Port, JsonElement Output) : ActivityResult;

    /// <summary>The node waits: for a point in time, or for a stimulus with this kind and key, whichever comes first.</summary>
    /// <param name="Kind">What it waits for, such as <c>timer</c>.</param>
    /// <param name="Key">What a stimulus must carry to match; null if only time ends the wait.</param>
    /// <param name="Due">When the wait ends by itself; null if it never does.</param>
    public sealed record Suspended(string Kind, string? Key, DateTimeOffset? Due) : ActivityResult
    {
        /// <summary>
        /// What a stimulus must fulfil besides carrying the key, for those who look for bookmarks of this kind; undefined for nothing.
        /// </summary>
        public JsonElement Data { get; init; }
    }

    /// <summary>The node failed.</summary>
    /// <param name="Code">Stable, lower-case, dotted.</param>
    /// <param name="Message">For the workflow's author: what was wrong and with which value.</param>
    /// <param name="Retryable">Whether trying again can help.</param>
    public sealed record Failed(string Code, string Message, bool Retryable) : ActivityResult
    {
        /// <summary>What the error port carries besides code and message, such as an HTTP response; undefined if nothing.</summary>
        public JsonElement Detail { get; init; }

        /// <summary>
        /// How long the other side asks to be left alone; null if it says nothing. A later try waits at least so long, up to an hour.
        /// </summary>
        public TimeSpan? RetryAfter { get; init; }
    }

    /// <summary>
    /// A loop runs its body. Without items the activity is asked again before each further iteration; how a loop leaves is the engine's.
    /// </summary>
    /// <param name="MaxIterations">More than these fail the loop; nothing is cut.</param>
    public sealed record Iterating(int MaxIterations) : ActivityResult
    {
        /// <summary>An array: one iteration for each item. Undefined if a condition decides.</summary>
        public JsonElement Items { get; init; }

        /// <summary>The name of the item in the body; null for none.</summary>
        public string? ItemVariable { get; init; }

        /// <summary>The name of the item's place, from 0, in the body; null for none.</summary>
        public string? IndexVariable { get; init; }

        /// <summary>Iterations that may run side by side.</summary>
        public int MaxParallel { get; init; } = 1;

        /// <summary>Whether the loop puts out what its iterations came to.</summary>
        public bool Collect { get; init; }
    }
}

/// <summary>The outside fact that ends a wait.</summary>
/// <param name="Kind"><c>due</c> when the time came, else the bookmark's kind.</param>
/// <param name="Payload">What the outside sent; undefined when the time came.</param>
/// <param name="At">When it was recorded.</param>
public sealed record Stimulus(string Kind, JsonElement Payload, DateTimeOffset At);
