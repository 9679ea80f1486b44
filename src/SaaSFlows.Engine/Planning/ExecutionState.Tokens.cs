using System.Text.Json;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>How tokens and instances of scopes come and go. Both are used again: a long loop leaves nothing to collect.</summary>
internal sealed partial class ExecutionState
{
    private void Send(in Connection connection, ScopeInstance scope, JsonElement value, Branch? branch)
    {
        if (!connection.IsBack)
        {
            var node = Graph.Nodes[connection.ToNode];
            var within = Arrive(branch, node);
            Add(node, scope, connection.Order, value, within, within == branch ? null : branch);
        }
    }

    /// <param name="from">The branch that it has just left.</param>
    private void Add(CompiledNode node, ScopeInstance scope, int via, JsonElement value, Branch? branch, Branch? from = null, bool isHeld = false)
    {
        var token = _parts.TakeToken();
        token.Reset(++_lastToken, node, scope, via, value, branch, from);
        _parts.Live.Add(token.Id, token);
        scope.Attach(token);
        if (branch is not null)
        {
            branch.Live++;
        }

        if (isHeld)
        {
            Hold(token, branch!.Group);
        }
        else
        {
            Place(token);
        }
    }

    /// <summary>Lets a token stand at its node: at a merge that has not run it waits.</summary>
    private void Place(Token token)
    {
        var node = token.Node;
        if (!node.IsMerge || !node.Enabled || token.Scope.Merges[node.Slot] is { HasRun: true })
        {
            // A late one at a merge that has run goes no further.
            if (!node.IsMerge || !node.Enabled)
            {
                GoPast(token);
            }

            Set(token, TokenState.Ready);
            return;
        }

        token.Scope.Merges[node.Slot].Add(token);
        Set(token, TokenState.Gathered);
    }

    private void Set(Token token, TokenState state)
    {
        token.State = state;
        var isActive =
            state is TokenState.Ready or TokenState.Intended or TokenState.Resuming || (state == TokenState.RetryWaiting && token.Bookmark is null);
        if (isActive != token.IsActive)
        {
            token.IsActive = isActive;
            _active += isActive ? 1 : -1;
        }

        Enqueue(token);
    }

    /// <summary>
    /// Takes a token out of the execution. What becomes free by that is seen to by <see cref="Settle"/>, once its successors are there.
    /// </summary>
    private void Detach(Token token)
    {
        _parts.Live.Remove(token.Id);
        if (token.IsActive)
        {
            _active--;
        }

        if (token.Branch is { } branch)
        {
            branch.Live--;
        }

        if (token.State == TokenState.Gathered)
        {
            token.Scope.Merges[token.Node.Slot].Remove(token);
        }

        token.State = TokenState.Gone;
        if (token.Scope.Detach(token))
        {
            Soil(token.Scope);
        }
    }

    private void Settle(Token token)
    {
        SettleAround(token.Scope, token.Branch);
        Retire(token);
    }

    /// <summary>Ends what a token was the last of: its branch, its iteration.</summary>
    private void SettleAround(ScopeInstance scope, Branch? branch)
    {
        if (branch is not null)
        {
            SettleBranch(branch);
        }

        if (scope is { Live: 0, Owner: { } owner })
        {
            EndIteration(scope, owner);
        }
    }

    private void Retire(Token token)
    {
        if (!token.IsPinned)
        {
            _parts.GiveBack(token);
        }
    }

    /// <summary>Cancels a token: its bookmark closes, its iterations end with it, its effect is somebody else's to interrupt.</summary>
    private void Kill(Token token)
    {
        if (token.Loop is { } loop)
        {
            KillIterations(loop);
        }

        (_cancelled ??= []).Add(token.Id);
        if (token.Bookmark is { } bookmark)
        {
            (_closed ??= []).Add(bookmark);
            if (token.State != TokenState.Watching)
            {
                (_dropped ??= []).Add(bookmark);
            }

            CloseBookmark(token);
        }

        if (token.State == TokenState.Held && token.Node is { IsMerge: true, Enabled: true })
        {
            token.Scope.Merges[token.Node.Slot].Held--;
        }

        Detach(token);
        if (token.Node is { IsMerge: true, Enabled: true } && token.Scope.Merges[token.Node.Slot].First is { } first)
        {
            // The merge may have stood in the queue under the number of the one that is gone.
            Enqueue(first);
        }

        Retire(token);
    }

    private ScopeInstance OpenScope(CompiledScope shape, Token? owner, int index)
    {
        var scope = _parts.TakeScope(shape);
        scope.Open(++_lastScope, owner, index);
        return scope;
    }

    private void CloseScope(ScopeInstance scope)
    {
        if (scope.Values.HasVariables)
        {
            foreach (var (name, value) in scope.Values.Variables)
            {
                VariableBytes -= BytesOf(name, value);
            }
        }

        _parts.GiveBack(scope);
    }
}
