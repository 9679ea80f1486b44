namespace SaaSFlows.Automation.Steps;

/// <summary>Topological order of edges.</summary>
internal static class StepOrder
{
    /// <summary>Returns the nodes so that every edge leads forward and their order stays otherwise, without the nodes of or behind a cycle.</summary>
    public static List<string> Sort(IReadOnlyCollection<string> nodes, IReadOnlyCollection<StepEdge> edges)
    {
        var next = edges.ToLookup(edge => edge.From, edge => edge.To);
        var open = nodes.ToDictionary(node => node, _ => 0);
        foreach (var edge in edges)
        {
            open[edge.To]++;
        }

        var sorted = nodes.Where(node => open[node] == 0).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            sorted.AddRange(next[sorted[i]].Where(target => --open[target] == 0));
        }

        return sorted;
    }

    /// <summary>Returns the edges of one cycle in order; empty if there is no cycle.</summary>
    public static List<StepEdge> FindCycle(IReadOnlyCollection<string> nodes, IReadOnlyCollection<StepEdge> edges)
    {
        var sorted = Sort(nodes, edges).ToHashSet();
        if (sorted.Count == nodes.Count)
        {
            return [];
        }

        // Each remaining node has a remaining predecessor, so walking backwards leads into a cycle.
        var into = edges.Where(edge => !sorted.Contains(edge.From)).ToLookup(edge => edge.To);
        var path = new List<StepEdge>();
        var passed = new HashSet<string>();
        var node = nodes.First(one => !sorted.Contains(one));
        while (passed.Add(node))
        {
            path.Add(into[node].First());
            node = path[^1].From;
        }

        path.RemoveRange(0, path.FindIndex(edge => edge.To == node));
        path.Reverse();
        return path;
    }
}
