using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>One node, ready to run.</summary>
internal sealed class CompiledNode
{
    /// <summary>Place in <see cref="CompiledGraph.Nodes"/>: every connection leads to a higher index.</summary>
    public required int Index { get; init; }

    public required NodeId Id { get; init; }

    public required IActivity Activity { get; init; }

    public required CompiledConfig Config { get; init; }

    public required bool Enabled { get; init; }

    public required bool HasEffects { get; init; }

    public required bool IsMerge { get; init; }

    /// <summary>A node without a way out: its output is the execution's.</summary>
    public required bool IsEnd { get; init; }

    /// <summary>Tokens that a merge wants; -1 for all that can still arrive.</summary>
    public required int RequiredTokens { get; init; }

    public required RetryPolicy Retry { get; init; }

    /// <summary>Of one try; null for none.</summary>
    public required TimeSpan? Timeout { get; init; }

    public required ErrorHandling OnError { get; init; }

    public required OutputPort[] Outputs { get; init; }

    /// <summary>The first port that is not the error port; null if there is none.</summary>
    public required string? MainPort { get; init; }

    /// <summary>Every node that a token can get to from here; not this one.</summary>
    public required NodeSet Reaches { get; init; }

    /// <summary>Where a token goes that leaves by <paramref name="port"/>.</summary>
    public Connection[] From(string? port)
    {
        foreach (var output in Outputs)
        {
            if (output.Name == port)
            {
                return output.Connections;
            }
        }

        return [];
    }

    /// <summary>Whether the activity may leave by <paramref name="port"/>; null ends the branch.</summary>
    public bool Has(string? port) => port is null || Array.Exists(Outputs, output => output.Name == port);
}

/// <summary>A port and what is connected to it, in the definition's order.</summary>
internal sealed record OutputPort(string Name, Connection[] Connections);

/// <summary>A line to another node.</summary>
/// <param name="Order">Place in the definition's list of connections.</param>
internal readonly record struct Connection(int Order, int ToNode);
