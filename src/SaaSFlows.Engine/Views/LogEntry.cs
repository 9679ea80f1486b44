using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Views;

/// <summary>What a node wrote into its log with one event; where it wrote nothing, what happened.</summary>
/// <param name="Seq">Number of the event.</param>
/// <param name="Ordinal">Which run of the node, from 0.</param>
public sealed record LogEntry(long Seq, NodeId Node, string Scope, int Ordinal, int Attempt, DateTimeOffset At, IReadOnlyList<string> Lines)
{
    /// <summary>Null for an event without lines.</summary>
    public static LogEntry? From(JournalEvent recorded)
    {
        var lines = recorded.Node is null ? [] : EventWords.Of(EventBodyReader.Read(recorded));
        return recorded.Node is { } node && lines.Count > 0
            ? new(recorded.Seq, node, recorded.Scope, recorded.Ordinal, recorded.Attempt, recorded.At, lines)
            : null;
    }
}
