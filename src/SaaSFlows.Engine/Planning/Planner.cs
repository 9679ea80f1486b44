using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>What to do next.</summary>
internal enum DecisionKind
{
    /// <summary>Run a node that has no effects.</summary>
    RunPure,

    /// <summary>Record the intent of an effect and begin it.</summary>
    RunEffect,

    /// <summary>Fail an effect whose process died too often.</summary>
    GiveUp,

    /// <summary>Run a merge with what it gathered.</summary>
    FireMerge,

    /// <summary>Make a result of the fact that reached a bookmark.</summary>
    Resume,

    /// <summary>Drop a token that came to a merge after it ran.</summary>
    Absorb,

    /// <summary>Pass through a disabled node.</summary>
    Skip,

    /// <summary>Nothing, until an effect answers, a time comes or a fact comes in.</summary>
    Wait,

    /// <summary>The execution is over its limit of node runs.</summary>
    RefuseMoreRuns,

    Complete,

    Fail,

    Cancel,
}

/// <param name="Token">The token it is about; for a merge the lowest of those it takes. Null for the execution as a whole.</param>
internal readonly record struct Decision(DecisionKind Kind, Token? Token = null);

/// <summary>What the runner has in hand besides the journal.</summary>
/// <param name="InHand">Numbers of the tokens whose effects run in this process now.</param>
/// <param name="EffectSlots">How many effects of the execution may run at once; 0 while shutting down.</param>
internal readonly record struct Hands(DateTimeOffset Now, IReadOnlySet<int> InHand, int EffectSlots);

/// <summary>The rules of running a graph: a pure function, see <c>docs/execution-semantics.md</c>, One order.</summary>
internal static class Planner
{
    public static Decision Next(ExecutionState state, EngineLimits limits, in Hands hands)
    {
        if (state.CancelRequested || state.Failure is not null)
        {
            var end = state.CancelRequested ? DecisionKind.Cancel : DecisionKind.Fail;
            return new(hands.InHand.Count > 0 ? DecisionKind.Wait : end);
        }

        var decision = NextToken(state, limits, hands);
        var beginsRun = decision.Token is { Ordinal: < 0 } && decision.Kind is not (DecisionKind.Absorb or DecisionKind.Skip);
        return beginsRun && state.RunsBegun >= limits.NodeExecutions ? new(DecisionKind.RefuseMoreRuns) : decision;
    }

    private static Decision NextToken(ExecutionState state, EngineLimits limits, in Hands hands)
    {
        Token? effect = null;
        var gathers = false;
        foreach (var token in state.Live)
        {
            switch (token.State)
            {
                case TokenState.Gathered when state.Gathered(token.Node) >= token.Node.RequiredTokens && token.Node.RequiredTokens > 0:
                    return new(DecisionKind.FireMerge, token);
                case TokenState.Gathered:
                    gathers = true;
                    break;
                case TokenState.Resuming:
                    return new(DecisionKind.Resume, token);
                case TokenState.Ready when !token.Node.Enabled:
                    return new(DecisionKind.Skip, token);
                case TokenState.Ready when token.Node.IsMerge:
                    return new(DecisionKind.Absorb, token);
                case TokenState.Ready or TokenState.RetryWaiting when IsDue(token, hands.Now) && !token.Node.HasEffects:
                    return new(DecisionKind.RunPure, token);
                case TokenState.Ready or TokenState.RetryWaiting when IsDue(token, hands.Now):
                    effect ??= token;
                    break;
                case TokenState.Intended when token.OpenTries >= limits.LostTries && !hands.InHand.Contains(token.Id):
                    return new(DecisionKind.GiveUp, token);
                case TokenState.Intended when !hands.InHand.Contains(token.Id):
                    effect ??= token;
                    break;
                default:
                    break;
            }
        }

        if (gathers && Released(state) is { } released)
        {
            return new(DecisionKind.FireMerge, released);
        }

        if (effect is not null && hands.InHand.Count < hands.EffectSlots)
        {
            return new(DecisionKind.RunEffect, effect);
        }

        return new(state.Live.Count == 0 ? DecisionKind.Complete : DecisionKind.Wait);
    }

    private static bool IsDue(Token token, DateTimeOffset now)
        => token.State == TokenState.Ready || (token.Bookmark is null && token.RetryAt <= now);

    /// <summary>The first token at the first merge that no live token can reach.</summary>
    private static Token? Released(ExecutionState state)
    {
        Token? first = null;
        foreach (var token in state.Live)
        {
            if (token.State == TokenState.Gathered && (first is null || token.Node.Index < first.Node.Index) && !CanBeReached(state, token.Node))
            {
                first = token;
            }
        }

        return first;
    }

    private static bool CanBeReached(ExecutionState state, CompiledNode merge)
    {
        foreach (var token in state.Live)
        {
            if (token.Node.Reaches.Contains(merge.Index))
            {
                return true;
            }
        }

        return false;
    }
}
