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

    /// <summary>A loop's next step: another iteration, or its end.</summary>
    GoRound,

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

    /// <summary>The execution is over its limit of running time.</summary>
    RefuseMoreTime,

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

        if (state.RanFor(hands.Now) > limits.RunningTime)
        {
            return new(DecisionKind.RefuseMoreTime);
        }

        var decision = NextToken(state, limits, hands);
        var beginsRun = decision.Token is { Ordinal: < 0 } && decision.Kind is not (DecisionKind.Absorb or DecisionKind.Skip);
        return beginsRun && state.RunsBegun >= limits.NodeExecutions ? new(DecisionKind.RefuseMoreRuns) : decision;
    }

    private static Decision NextToken(ExecutionState state, EngineLimits limits, in Hands hands)
    {
        if (state.NextPure(limits, hands) is { } pure)
        {
            return new(StepOf(pure), pure);
        }

        if (state.NextReleased() is { } released)
        {
            return new(DecisionKind.FireMerge, released);
        }

        if (hands.InHand.Count < hands.EffectSlots && state.NextEffect(hands) is { } effect)
        {
            return new(DecisionKind.RunEffect, effect);
        }

        return new(state.Live.Count == 0 ? DecisionKind.Complete : DecisionKind.Wait);
    }

    private static DecisionKind StepOf(Token token) =>
        token.State switch
        {
            TokenState.Gathered => DecisionKind.FireMerge,
            TokenState.Resuming => DecisionKind.Resume,
            TokenState.Intended => DecisionKind.GiveUp,
            _ when !token.Node.Enabled => DecisionKind.Skip,
            _ when token.Node.IsMerge => DecisionKind.Absorb,
            _ when token.Loop is not null => DecisionKind.GoRound,
            _ => DecisionKind.RunPure,
        };
}
