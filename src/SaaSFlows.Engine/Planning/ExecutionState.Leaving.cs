using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>How tokens leave their nodes, merges among them.</summary>
internal sealed partial class ExecutionState
{
    private void Skip(Token token, EventBody.Skipped body)
    {
        Detach(token);
        PassOn(token, body.Port, token.Value);
    }

    private void Leave(Token token, string? port, JsonElement output, BookmarkId? watch)
    {
        var node = token.Node;
        RunsEnded += token.Watched is null ? 1 : 0;
        ChangeValues(token.Scope).Outputs[node.Slot] = output;
        token.Scope.NoteResult(node.Slot, output);
        NoteOutput(node, output);
        if (node.Fork is not null && token.Watched is null && port == node.MainPort)
        {
            Fork(token, output, watch);
            return;
        }

        if (node.IsMerge && node.Enabled)
        {
            LeaveMerge(token, port, output);
            return;
        }

        Detach(token);
        if (node.IsEnd)
        {
            WinAll(token.Branch);
        }

        PassOn(token, port, output);
    }

    /// <summary>
    /// Sends on what a token brought that is taken out. Retired first, it is the first one to go on: a straight line needs only one.
    /// </summary>
    private void PassOn(Token token, string? port, JsonElement value)
    {
        var (node, scope, branch) = (token.Node, token.Scope, token.Branch);
        Retire(token);
        foreach (var connection in node.From(port))
        {
            Send(connection, scope, value, branch);
        }

        SettleAround(scope, branch);
    }

    private void NoteOutput(CompiledNode node, JsonElement output)
    {
        if (node.IsEnd || !_endWasReached)
        {
            Output = output;
            _endWasReached |= node.IsEnd;
        }
    }

    private void LeaveMerge(Token token, string? port, JsonElement output)
    {
        var gathered = Fire(token);
        var branch = Common(gathered);
        foreach (var connection in token.Node.From(port))
        {
            Send(connection, token.Scope, output, branch);
        }

        gathered.ForEach(Settle);
    }

    /// <summary>Ends a token, and those that its merge gathered with it.</summary>
    private void Consume(Token token)
    {
        if (token.State == TokenState.Gathered)
        {
            Fire(token).ForEach(Settle);
            return;
        }

        Detach(token);
        Settle(token);
    }

    private List<Token> Fire(Token token)
    {
        var gathered = Gathering(token);
        var merge = token.Scope.Merges[token.Node.Slot];
        foreach (var one in gathered)
        {
            GoPast(one);
            Detach(one);
        }

        merge.HasRun = true;
        while (merge.First is { } late)
        {
            merge.Remove(late);
            Set(late, TokenState.Ready);
        }

        return gathered;
    }
}
