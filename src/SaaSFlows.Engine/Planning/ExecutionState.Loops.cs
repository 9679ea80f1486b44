using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Planning;

/// <summary>Loops and breaks.</summary>
internal sealed partial class ExecutionState
{
    private void StartLoop(Token token, EventBody.LoopStarted body)
    {
        token.Loop = new(body);
        if (token.Loop.HasItems)
        {
            Advance(token, token.Loop);
        }
        else
        {
            StartIteration(token, default);
        }
    }

    /// <summary>Begins what may begin; when nothing runs any more, the loop's next step is due.</summary>
    private void Advance(Token token, LoopRun loop)
    {
        Set(token, TokenState.Looping);
        while (loop.TryNext(out var item))
        {
            Iterate(token, loop, item);
        }

        if (loop.IsOverflowing)
        {
            KillIterations(loop);
        }

        if (loop.Open.Count == 0)
        {
            Set(token, TokenState.Ready);
        }
    }

    private void StartIteration(Token token, JsonElement item)
    {
        Set(token, TokenState.Looping);
        Iterate(token, token.Loop!, item);
        if (token.Loop!.Open.Count == 0)
        {
            Set(token, TokenState.Ready);
        }
    }

    private void Iterate(Token token, LoopRun loop, JsonElement item)
    {
        var scope = OpenScope(token.Node.Body!, token, loop.Begin());
        var values = scope.Values;
        (values.Item, values.Index, values.ItemName, values.IndexName) = (item, scope.Index, loop.ItemName, loop.IndexName);
        loop.Open.Add(scope);
        var value = loop.HasItems ? item : token.Value;
        foreach (var connection in token.Node.From(Ports.Loop))
        {
            Send(connection, scope, value, null);
        }

        if (scope.Live == 0)
        {
            CloseIteration(scope, loop);
        }
    }

    private void EndIteration(ScopeInstance scope, Token owner)
    {
        CloseIteration(scope, owner.Loop!);
        Advance(owner, owner.Loop!);
    }

    private void CloseIteration(ScopeInstance scope, LoopRun loop)
    {
        loop.End(scope.Index, scope.Result);
        loop.Open.Remove(scope);
        CloseScope(scope);
    }

    /// <summary>Ends the loop around <paramref name="token"/>, and everything that runs in it.</summary>
    private void Break(Token token, JsonElement output)
    {
        RunsEnded++;
        NoteOutput(token.Node, output);
        var node = token.Node;
        var owner = token.Scope.Owner!;
        var loop = owner.Loop!;
        loop.IsBroken = true;
        Detach(token);
        KillIterations(loop);
        Retire(token);
        foreach (var connection in node.From(Ports.Break))
        {
            loop.HasLeft |= !connection.IsBack;
            Send(connection, owner.Scope, output, owner.Branch);
        }

        Set(owner, TokenState.Ready);
    }

    private void KillIterations(LoopRun loop)
    {
        foreach (var scope in loop.Open)
        {
            while (scope.First is { } token)
            {
                Kill(token);
            }

            CloseScope(scope);
        }

        loop.Open.Clear();
    }
}
