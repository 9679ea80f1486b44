using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>One node, ready to run.</summary>
internal sealed class CompiledNode
{
    /// <summary>Place in <see cref="CompiledGraph.Nodes"/>: every connection but those back to a loop leads to a higher index.</summary>
    public required int Index { get; init; }

    public required NodeId Id { get; init; }

    public required CompiledScope Scope { get; init; }

    /// <summary>Place among the nodes of its scope.</summary>
    public required int Slot { get; init; }

    public required IActivity Activity { get; init; }

    public required CompiledConfig Config { get; init; }

    public required bool Enabled { get; init; }

    public required bool HasEffects { get; init; }

    public required bool IsMerge { get; init; }

    public required bool IsBreak { get; init; }

    /// <summary>What a loop runs; null for all other nodes.</summary>
    public required CompiledScope? Body { get; init; }

    /// <summary>What is asked of the branches; null if nothing is.</summary>
    public required CompiledFork? Fork { get; init; }

    /// <summary>Branches or iterations of it that run at the same time; 1 for a node that has none.</summary>
    public required int SideBySide { get; init; }

    /// <summary>A node without a way out: its output is the execution's.</summary>
    public required bool IsEnd { get; init; }

    /// <summary>Tokens that a merge wants; -1 for all that can still arrive.</summary>
    public required int RequiredTokens { get; init; }

    public required RetryPolicy Retry { get; init; }

    /// <summary>Of one try; null for none.</summary>
    public required TimeSpan? Timeout { get; init; }

    public required ErrorHandling OnError { get; init; }

    public required OutputPort[] Outputs { get; init; }

    /// <summary>Where a token leaves that only passes through, or goes on after a failure; null if there is no such port.</summary>
    public required string? MainPort { get; init; }

    /// <summary>Every node of its scope that a token can get to from here; not this one.</summary>
    public required NodeSet Reaches { get; init; }

    /// <summary>Those of them that it gets to only by failing.</summary>
    public required NodeSet ReachesByError { get; init; }

    /// <summary>Of a merge: the nodes of its scope from which a token can get to it.</summary>
    public NodeSet ReachedFrom { get; set; }

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
    public bool Has(string? port)
    {
        foreach (var output in Outputs)
        {
            if (output.Name == port)
            {
                return true;
            }
        }

        return port is null;
    }
}

/// <summary>A port and what is connected to it, in the definition's order.</summary>
internal sealed record OutputPort(string Name, Connection[] Connections);

/// <summary>A line to another node.</summary>
/// <param name="Order">Place in the definition's list of connections.</param>
/// <param name="IsBack">It leads from a body to its loop: nothing goes along it.</param>
/// <param name="LeavesLoop">It leads out of a body, to the scope around the loop.</param>
internal readonly record struct Connection(int Order, int ToNode, bool IsBack, bool LeavesLoop);
