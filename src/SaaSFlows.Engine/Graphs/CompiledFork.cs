namespace SaaSFlows.Engine.Graphs;

/// <summary>What is asked of the branches of a <c>flow_parallel</c>.</summary>
/// <param name="FirstWins">The first branch that arrives cancels the others.</param>
/// <param name="MaxParallel">Branches that run side by side.</param>
/// <param name="TimeLimit">Of all branches together; null for none.</param>
/// <param name="Meets">Slots that more than one branch can reach.</param>
/// <param name="MeetsNothing">By branch: it reaches none of those.</param>
internal sealed record CompiledFork(bool FirstWins, int MaxParallel, TimeSpan? TimeLimit, NodeSet Meets, bool[] MeetsNothing)
{
    /// <summary>The branches of these connections; null if nothing is asked of them.</summary>
    public static CompiledFork? Of(CompiledConfig config, Connection[] branches, CompiledNode[] nodes, int slots)
    {
        var firstWins = config.Says("execution_type", "any_first");
        var maxParallel = config.Whole("max_parallel") ?? int.MaxValue;
        var limit = config.Seconds("timeout_seconds");
        if (branches.Length == 0 || (!firstWins && maxParallel >= branches.Length && limit is null))
        {
            return null;
        }

        var (meets, seen) = (new NodeSet(slots), new NodeSet(slots));
        var reached = new NodeSet[branches.Length];
        for (var i = 0; i < branches.Length; i++)
        {
            reached[i] = new(slots);
            if (!branches[i].IsBack)
            {
                var target = nodes[branches[i].ToNode];
                reached[i].Add(target.Slot);
                reached[i].AddAll(target.Reaches);
            }

            meets.AddBoth(seen, reached[i]);
            seen.AddAll(reached[i]);
        }

        return new(firstWins, Math.Max(maxParallel, 1), limit, meets, [.. reached.Select(set => !set.Meets(meets))]);
    }
}
