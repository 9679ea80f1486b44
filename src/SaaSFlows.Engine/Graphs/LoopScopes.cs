using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>The static scopes of a definition: which loop's body each node is in. See <c>docs/execution-semantics.md</c>, Graph and scopes.</summary>
internal sealed class LoopScopes
{
    private readonly Dictionary<NodeId, NodeId?> _loops = [];
    private readonly HashSet<NodeId> _isLoop = [];
    private readonly HashSet<NodeId> _isBreak = [];
    private readonly ILookup<NodeId, ConnectionDefinition> _outgoing;

    private LoopScopes(WorkflowDefinition definition, ActivityCatalogue catalogue)
    {
        _outgoing = definition.Connections.ToLookup(connection => connection.FromNode);
        foreach (var node in definition.Nodes)
        {
            if (catalogue.TryFind(node.Type, out var activity))
            {
                _ = activity.Descriptor.IsLoop && _isLoop.Add(node.Id);
                _ = activity.Descriptor.IsBreak && _isBreak.Add(node.Id);
            }
        }
    }

    public static LoopScopes Of(WorkflowDefinition definition, ActivityCatalogue catalogue)
    {
        var scopes = new LoopScopes(definition, catalogue);
        var known = definition.Nodes.Select(node => node.Id).ToHashSet();
        var entered = definition.Connections.Select(connection => connection.ToNode).ToHashSet();

        // What nothing leads to is in the graph. A loop that only its own body leads to is there, too.
        scopes.Spread(definition.Nodes.Select(node => node.Id).Where(node => !entered.Contains(node)), known);
        foreach (var node in definition.Nodes.OrderBy(node => !scopes._isLoop.Contains(node.Id)))
        {
            scopes.Spread([node.Id], known);
        }

        return scopes;
    }

    /// <summary>The loop in whose body the node is; null for the graph.</summary>
    public NodeId? LoopOf(NodeId node) => _loops.GetValueOrDefault(node);

    /// <summary>How many loops are around the node.</summary>
    public int DepthOf(NodeId node)
    {
        var depth = 0;
        for (var loop = LoopOf(node); loop is not null; loop = LoopOf(loop.Value))
        {
            depth++;
        }

        return depth;
    }

    /// <summary>Whether the connection leads from a body to its own loop.</summary>
    public bool IsBack(ConnectionDefinition connection) =>
        connection.ToNode == ScopeOf(connection) || (LeavesLoop(connection) && connection.ToNode == LoopOf(connection.FromNode));

    /// <summary>Whether the connection leads from a body to the scope around its loop, by a break.</summary>
    public bool LeavesLoop(ConnectionDefinition connection) =>
        connection.FromPort == Ports.Break && _isBreak.Contains(connection.FromNode) && LoopOf(connection.FromNode) is not null;

    /// <summary>What is wrong with the connection's way from scope to scope; null if nothing is.</summary>
    public string? Problem(ConnectionDefinition connection)
    {
        var (from, to) = (ScopeOf(connection), LoopOf(connection.ToNode));
        if (from == to || IsBack(connection))
        {
            return null;
        }

        for (var outer = to; outer is not null; outer = LoopOf(outer.Value))
        {
            if (LoopOf(outer.Value) == from)
            {
                return $"Connection '{connection.Id}' leads into the body of loop '{to}' from outside: only the loop's port '{Ports.Loop}' does.";
            }
        }

        if (from == connection.FromNode)
        {
            return $"Connection '{connection.Id}' makes node '{connection.ToNode}' part of the body of loop '{from}', but it can also be reached "
                + "from outside of it.";
        }

        return $"Connection '{connection.Id}' leads out of the body of loop '{from}': only the port '{Ports.Break}' of a break does, to the scope "
            + "around its loop.";
    }

    // The scope that a token is in that has just left by the connection.
    private NodeId? ScopeOf(ConnectionDefinition connection) =>
        connection.FromPort == Ports.Loop && _isLoop.Contains(connection.FromNode) ? connection.FromNode
        : LeavesLoop(connection) ? LoopOf(LoopOf(connection.FromNode)!.Value)
        : LoopOf(connection.FromNode);

    private void Spread(IEnumerable<NodeId> starts, HashSet<NodeId> known)
    {
        // From the outside in: a node that can be reached in two scopes belongs to the outer one, and the connection from inside is the wrong one.
        var open = new PriorityQueue<NodeId, int>(starts.Where(start => _loops.TryAdd(start, null)).Select(start => (start, 0)));
        while (open.TryDequeue(out var node, out _))
        {
            foreach (var connection in _outgoing[node])
            {
                if (known.Contains(connection.ToNode) && !IsBack(connection) && _loops.TryAdd(connection.ToNode, ScopeOf(connection)))
                {
                    open.Enqueue(connection.ToNode, DepthOf(connection.ToNode));
                }
            }
        }
    }
}
