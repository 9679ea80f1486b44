using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>What descends from one connection of a <c>flow_parallel</c>, until branches meet.</summary>
internal sealed class Branch(BranchGroup group, int index)
{
    public BranchGroup Group { get; } = group;

    public int Index { get; } = index;

    /// <summary>Tokens in it, and groups inside of it.</summary>
    public int Live { get; set; }

    public bool IsRunning { get; set; }

    public bool IsOver { get; set; }

    /// <summary>Whether <paramref name="other"/> is this branch or one inside of it.</summary>
    public bool Contains(Branch? other)
    {
        while (other is not null && other != this)
        {
            other = other.Group.Parent;
        }

        return other is not null;
    }
}

/// <summary>All branches that left one run of a <c>flow_parallel</c>.</summary>
internal sealed class BranchGroup
{
    public BranchGroup(CompiledFork fork, Branch? parent, int branches)
    {
        (Fork, Parent, Open) = (fork, parent, branches);
        Branches = new Branch[branches];
        for (var i = 0; i < branches; i++)
        {
            Branches[i] = new(this, i);
        }
    }

    public CompiledFork Fork { get; }

    /// <summary>The branch in which it stands itself.</summary>
    public Branch? Parent { get; }

    public Branch[] Branches { get; }

    /// <summary>Branches that are not over.</summary>
    public int Open { get; set; }

    /// <summary>Branches that have begun and are not over.</summary>
    public int Running { get; set; }

    /// <summary>One branch has won, or time is up: nothing else begins.</summary>
    public bool IsDecided { get; set; }

    /// <summary>Something that one of them brought has gone on behind the place where they meet.</summary>
    public bool HasGonePast { get; set; }

    /// <summary>Tokens whose branches have not begun.</summary>
    public Queue<Token> Held { get; } = [];

    /// <summary>Who waits for the time limit; null if there is none.</summary>
    public Token? Watcher { get; set; }
}
