using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>The branches of a <c>flow_parallel</c> that are raced, held back or limited in time.</summary>
internal sealed partial class ExecutionState
{
    private void Fork(Token token, JsonElement output, BookmarkId? limit)
    {
        var (node, scope) = (token.Node, token.Scope);
        var connections = node.From(node.MainPort);
        var group = new BranchGroup(node.Fork!, token.Branch, connections.Length);
        if (group.Parent is { } parent)
        {
            parent.Live++;
        }

        if (limit is { } bookmark)
        {
            Watch(token, group, bookmark);
        }
        else
        {
            Detach(token);
        }

        for (var i = 0; i < connections.Length && !group.IsDecided; i++)
        {
            if (!connections[i].IsBack)
            {
                Begin(group.Branches[i], connections[i], scope, output);
            }
        }

        foreach (var branch in group.Branches)
        {
            SettleBranch(branch);
        }

        if (limit is null)
        {
            Settle(token);
        }
        else if (scope is { Live: 0, Owner: { } owner })
        {
            EndIteration(scope, owner);
        }
    }

    private void Begin(Branch branch, in Connection connection, ScopeInstance scope, JsonElement value)
    {
        var (group, node) = (branch.Group, Graph.Nodes[connection.ToNode]);
        if (Arrive(branch, node) is var within && within != branch)
        {
            Add(node, scope, connection.Order, value, within, branch);
            return;
        }

        branch.IsRunning = group.Running < group.Fork.MaxParallel;
        group.Running += branch.IsRunning ? 1 : 0;
        Add(node, scope, connection.Order, value, branch, isHeld: !branch.IsRunning);
    }

    private void Hold(Token token, BranchGroup group)
    {
        group.Held.Enqueue(token);
        if (token.Node is { IsMerge: true, Enabled: true })
        {
            token.Scope.Merges[token.Node.Slot].Held++;
        }

        Set(token, TokenState.Held);
    }

    /// <summary>The branch that a token is in that comes to <paramref name="node"/>: it has left those that meet there.</summary>
    private Branch? Arrive(Branch? branch, CompiledNode node)
    {
        while (branch is not null && branch.Group.Fork.Meets.Contains(node.Slot))
        {
            Win(branch);
            branch = branch.Group.Parent;
        }

        return branch;
    }

    private void WinAll(Branch? branch)
    {
        for (; branch is not null; branch = branch.Group.Parent)
        {
            Win(branch);
        }
    }

    /// <summary>Where branches race and none has won yet, this one has, and the others are cancelled.</summary>
    private void Win(Branch winner)
    {
        var group = winner.Group;
        if (!group.Fork.FirstWins || group.IsDecided)
        {
            return;
        }

        foreach (var branch in group.Branches)
        {
            if (branch != winner)
            {
                End(branch);
            }
        }

        Decide(group, winner);
        Unwatch(group);
    }

    private static void End(Branch branch)
    {
        if (!branch.IsOver)
        {
            branch.IsOver = true;
            branch.Group.Open--;
            branch.Group.Running -= branch.IsRunning ? 1 : 0;
        }
    }

    /// <summary>Cancels what is in the group, except for one branch.</summary>
    private void Decide(BranchGroup group, Branch? winner)
    {
        group.IsDecided = true;
        group.Held.Clear();
        foreach (var branch in group.Branches)
        {
            if (branch != winner && branch.Live > 0)
            {
                KillBranch(branch);
            }
        }
    }

    private void KillBranch(Branch branch)
    {
        foreach (var token in _parts.Live.Values.Where(token => branch.Contains(token.Branch)).OrderBy(token => token.Id).ToArray())
        {
            Kill(token);
        }
    }

    private void SettleBranch(Branch branch)
    {
        var group = branch.Group;
        if (branch.Live > 0 || branch.IsOver)
        {
            return;
        }

        End(branch);
        if (group.Fork.MeetsNothing[branch.Index])
        {
            Win(branch);
        }

        while (group.Running < group.Fork.MaxParallel && group.Held.TryDequeue(out var next))
        {
            next.Branch!.IsRunning = true;
            group.Running++;
            if (next.Node is { IsMerge: true, Enabled: true })
            {
                next.Scope.Merges[next.Node.Slot].Held--;
            }

            Place(next);
        }

        if (group.Open == 0)
        {
            Unwatch(group);
            LeaveParent(group);
        }
    }

    private void LeaveParent(BranchGroup group)
    {
        if (group.Parent is { } parent)
        {
            parent.Live--;
            SettleBranch(parent);
        }
    }

    private void Watch(Token token, BranchGroup group, BookmarkId bookmark)
    {
        (token.Watched, group.Watcher) = (group, token);
        token.Scope.Watch(token);
        if (token.Scope.Vacate(token.Node.Slot))
        {
            Soil(token.Scope);
        }

        Wait(token, TokenState.Watching, bookmark, BookmarkKinds.Timeout, LastAt + group.Fork.TimeLimit);
    }

    private void Unwatch(BranchGroup group)
    {
        if (group.Watcher is { State: TokenState.Watching } watcher)
        {
            group.Watcher = null;
            (_closed ??= []).Add(watcher.Bookmark!.Value);
            CloseBookmark(watcher);
            Detach(watcher);
            Retire(watcher);
        }
    }

    /// <summary>Cancels all branches; their watcher goes on alone.</summary>
    private void TimeOut(BranchGroup group)
    {
        Array.ForEach(group.Branches, End);
        Decide(group, null);
        LeaveParent(group);
    }

    /// <summary>What a branch brought goes on behind the place where branches meet: its groups can no longer fail as a whole.</summary>
    private static void GoPast(Token token)
    {
        foreach (var group in Left(token))
        {
            group.HasGonePast = true;
        }
    }

    /// <summary>Cancels what the branches brought to merges that have not run, but for those to which the error leads itself.</summary>
    private void KillArrived(Token watcher, BranchGroup group)
    {
        foreach (
            var token in _parts
                .Live.Values.Where(token => token.State == TokenState.Gathered && Left(token).Contains(group))
                .OrderBy(token => token.Id)
                .ToArray()
        )
        {
            if (!watcher.Node.ReachesByError.Contains(token.Node.Slot))
            {
                Kill(token);
            }
        }
    }

    /// <summary>The groups that a token left when it arrived where it is.</summary>
    private static IEnumerable<BranchGroup> Left(Token token)
    {
        for (var branch = token.From; branch is not null && branch != token.Branch; branch = branch.Group.Parent)
        {
            yield return branch.Group;
        }
    }

    private static Branch? Common(List<Token> tokens)
    {
        var common = tokens[0].Branch;
        foreach (var token in tokens)
        {
            while (common is not null && !common.Contains(token.Branch))
            {
                common = common.Group.Parent;
            }
        }

        return common;
    }
}
