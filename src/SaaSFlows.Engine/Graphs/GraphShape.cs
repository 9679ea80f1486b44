using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A definition seen as nodes and lines only. Connections that name unknown nodes are not seen.</summary>
internal sealed class GraphShape
{
    private readonly Dictionary<NodeId, List<NodeId>> _next;

    private GraphShape(Dictionary<NodeId, List<NodeId>> next, LoopScopes scopes) => (_next, Scopes) = (next, scopes);

    /// <summary>Who is in whose body.</summary>
    public LoopScopes Scopes { get; }

    /// <summary>
    /// Nodes so that every connection but those back to a loop leads to a later one, otherwise in the definition's order; without the nodes of or
    /// behind cycles.
    /// </summary>
    public List<NodeId> Order { get; } = [];

    /// <summary>The nodes of one cycle, the first repeated at the end; empty if there is none.</summary>
    public IReadOnlyList<NodeId> Cycle { get; private set; } = [];

    public static GraphShape Of(WorkflowDefinition definition, ActivityCatalogue catalogue)
    {
        var scopes = LoopScopes.Of(definition, catalogue);
        var next = definition.Nodes.ToDictionary(node => node.Id, _ => new List<NodeId>());
        var incoming = definition.Nodes.ToDictionary(node => node.Id, _ => 0);
        foreach (var connection in definition.Connections)
        {
            if (
                !scopes.IsBack(connection)
                && next.TryGetValue(connection.FromNode, out var targets)
                && incoming.TryGetValue(connection.ToNode, out var count)
            )
            {
                targets.Add(connection.ToNode);
                incoming[connection.ToNode] = count + 1;
            }
        }

        var shape = new GraphShape(next, scopes);
        shape.Sort(definition, incoming);
        return shape;
    }

    public HashSet<NodeId> ReachedFrom(IEnumerable<NodeId> starts)
    {
        var reached = new HashSet<NodeId>();
        var open = new Stack<NodeId>(starts);
        while (open.TryPop(out var node))
        {
            if (reached.Add(node))
            {
                _next[node].ForEach(open.Push);
            }
        }

        return reached;
    }

    private void Sort(WorkflowDefinition definition, Dictionary<NodeId, int> incoming)
    {
        var place = new Dictionary<NodeId, int>();
        var ready = new PriorityQueue<NodeId, int>();
        foreach (var node in definition.Nodes)
        {
            place[node.Id] = place.Count;
            if (incoming[node.Id] == 0)
            {
                ready.Enqueue(node.Id, place[node.Id]);
            }
        }

        while (ready.TryDequeue(out var node, out _))
        {
            Order.Add(node);
            foreach (var target in _next[node])
            {
                if (--incoming[target] == 0)
                {
                    ready.Enqueue(target, place[target]);
                }
            }
        }

        if (Order.Count < definition.Nodes.Count)
        {
            Cycle = FindCycle(definition.Nodes.First(node => incoming[node.Id] > 0).Id, incoming);
        }
    }

    private List<NodeId> FindCycle(NodeId start, Dictionary<NodeId, int> incoming)
    {
        // Every node left over has a left-over predecessor: walking backwards must come round.
        var path = new List<NodeId>();
        var node = start;
        while (!path.Contains(node))
        {
            path.Add(node);
            node = _next.First(pair => incoming[pair.Key] > 0 && pair.Value.Contains(node)).Key;
        }

        path.RemoveRange(0, path.IndexOf(node));
        path.Add(node);
        path.Reverse();
        return path;
    }
}
