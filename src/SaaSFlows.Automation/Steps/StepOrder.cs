namespace SaaSFlows.Automation.Steps;

/// <summary>In which order edges allow their ends to run.</summary>
internal static class StepOrder
{
    /// <summary>The nodes so that every edge leads forward, else as they came; without those of or behind a cycle.</summary>
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

    /// <summary>The edges of one cycle in the order in which they lead round; empty if there is none.</summary>
    public static List<StepEdge> FindCycle(IReadOnlyCollection<string> nodes, IReadOnlyCollection<StepEdge> edges)
    {
        var sorted = Sort(nodes, edges).ToHashSet();
        if (sorted.Count == nodes.Count)
        {
            return [];
        }

        // What is left over has a left-over predecessor: walking backwards must come round.
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
