using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>What came of a dry run. All times are those of its own clock: waits pass at once, and count.</summary>
/// <param name="Status">Completed or failed.</param>
/// <param name="Trace">Node runs in the order in which they ended. If there were more than it holds: the first and the last of them.</param>
/// <param name="Entries">How many there were.</param>
/// <param name="NodesExecuted">Node runs that ended, well or not.</param>
/// <param name="NodesFailed">Those that ended badly, handled or not.</param>
/// <param name="Output">Final output; undefined unless it completed.</param>
public sealed record DryRunReport(
    ExecutionStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    IReadOnlyList<DryRunEntry> Trace,
    int Entries,
    int NodesExecuted,
    int NodesFailed,
    IReadOnlyDictionary<string, JsonElement> Variables,
    JsonElement Output,
    string? ErrorCode,
    string? ErrorMessage,
    NodeId? ErrorNode
);

/// <summary>One run of one node.</summary>
/// <param name="Scope">Path of loop iterations around it; empty outside of loops.</param>
/// <param name="Status">Completed, failed or skipped.</param>
/// <param name="Input">What arrived; undefined for a node that was passed through.</param>
/// <param name="Output">What it put out; undefined if it failed, unless that was pinned.</param>
/// <param name="Error">An object with code, message and perhaps detail; undefined if it did not fail, or if something else is pinned at its error
/// port.</param>
/// <param name="Port">The port that it left by; null if the branch ended there.</param>
/// <param name="IsPinned">It was not run: its output was pinned.</param>
/// <param name="Would">What a real run would have done, or waited for; undefined if nothing.</param>
public sealed record DryRunEntry(
    NodeId Node,
    string Scope,
    NodeStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    JsonElement Input,
    JsonElement Output,
    IReadOnlyList<string> Logs,
    JsonElement Error,
    string? Port,
    bool IsPinned,
    JsonElement Would
)
{
    /// <summary>Where the output comes from; null for a node that was run.</summary>
    public OutputSource? Source { get; init; }

    /// <summary>The real execution that the output comes from, if it does.</summary>
    public ExecutionId? SourceExecution { get; init; }
}
