using System.Text.Json;

namespace SaaSFlows.Engine.Activities;

/// <summary>
/// An activity that can say what it would do: one with effects, or one that waits for what only others can send. In a dry run this is asked instead
/// of <see cref="IActivity.ExecuteAsync"/>.
/// </summary>
public interface IPreviewableActivity : IActivity
{
    /// <summary>Says what would be done and what the execution goes on with; touches nothing, and shows no secrets.</summary>
    Preview Preview(IActivityContext context);

    /// <summary>Whether a dry run goes on with what the node put out in a real execution, where there was one.</summary>
    bool UsesLastOutput => false;

    /// <summary>An output after an example in the node's configuration; undefined if that has none.</summary>
    JsonElement Example(IActivityContext context) => default;

    /// <summary>The node puts this out without being run: sets the variables that a run with this output sets.</summary>
    /// <param name="port">The port that the node leaves by; null if it has none.</param>
    void Pinned(IActivityContext context, string? port, JsonElement output) { }
}

/// <summary>What an activity would do.</summary>
/// <param name="Would">A JSON object for people to read; undefined if there is nothing to do.</param>
/// <param name="Result">What the execution goes on with. A wait is passed at once: by <see cref="Answer"/>, else when it is due.</param>
public sealed record Preview(JsonElement Would, ActivityResult Result)
{
    /// <summary>What ends the wait, as the payload of its stimulus; undefined if time does.</summary>
    public JsonElement Answer { get; init; }
}
