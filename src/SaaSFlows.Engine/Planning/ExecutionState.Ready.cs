using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// Finds what can be done next without looking at everything that lives. What stands in a queue may be out of date (a token that is gone,
/// or has gone on): that is seen when it comes to the front. So the answers follow from the state alone.
/// </summary>
internal sealed partial class ExecutionState
{
    private PriorityQueue<Token, int>? _effects;
    private PriorityQueue<Token, DateTimeOffset>? _retries;
    private PriorityQueue<BookmarkId, DateTimeOffset>? _dues;
    private PriorityQueue<ScopeInstance, int>? _soiled;
    private bool _isPlanned;

    private PriorityQueue<Token, int> Effects => _effects ??= new();

    /// <summary>From now on the state says what can be done next. Nobody asks a projection, and a replay asks only at its end.</summary>
    public void BeginPlanning()
    {
        _isPlanned = true;
        foreach (var token in _parts.Live.Values)
        {
            Enqueue(token);
            if (token.State == TokenState.Intended)
            {
                Effects.Enqueue(token, token.Id);
                _parts.Pure.Enqueue(token, token.Id);
            }

            Expect(token);
            Soil(token.Scope);
        }
    }

    /// <summary>The open bookmark that is due next; null if none ever is.</summary>
    public (Token Token, DateTimeOffset At)? NextDue()
    {
        while (_dues?.TryPeek(out var bookmark, out var at) == true)
        {
            if (At(bookmark) is { } token)
            {
                return (token, at);
            }

            _dues.Dequeue();
        }

        return null;
    }

    /// <summary>The token with the lowest number whose next step needs no effect; null if there is none.</summary>
    public Token? NextPure(EngineLimits limits, in Hands hands)
    {
        TakeDueRetries(hands.Now);
        while (_parts.Pure.TryPeek(out var token, out var id))
        {
            if (token.Id == id && IsPureStep(token, limits, hands))
            {
                return token;
            }

            _parts.Pure.Dequeue();
        }

        return null;
    }

    /// <summary>The first token at a merge that no live token can reach: of the oldest instance, first in its order; null if there is none.</summary>
    public Token? NextReleased()
    {
        while (_soiled?.TryPeek(out var scope, out var number) == true)
        {
            if (scope.Number == number)
            {
                foreach (var merge in scope.Shape.Merges)
                {
                    if (scope.Merges[merge.Slot] is { First: { } first, HasRun: false, Held: 0 } && !CanBeReached(scope, merge))
                    {
                        return first;
                    }
                }

                scope.IsDirty = false;
            }

            _soiled.Dequeue();
        }

        return null;
    }

    /// <summary>The token with the lowest number whose effect can be begun; null if there is none.</summary>
    public Token? NextEffect(in Hands hands)
    {
        while (_effects?.TryPeek(out var token, out var id) == true)
        {
            if (token.Id == id && (token.State == TokenState.Intended ? !hands.InHand.Contains(id) : IsReady(token, hands.Now)))
            {
                return token;
            }

            _effects.Dequeue();
        }

        return null;
    }

    /// <summary>When the next try is due that waits in memory; null if none does.</summary>
    public DateTimeOffset? NextRetry()
    {
        while (_retries?.TryPeek(out var token, out var at) == true)
        {
            if (token.State == TokenState.RetryWaiting && token.Bookmark is null && token.RetryAt == at)
            {
                return at;
            }

            _retries.Dequeue();
        }

        return null;
    }

    private void TakeDueRetries(DateTimeOffset now)
    {
        while (_retries is not null && NextRetry() is { } at && at <= now)
        {
            var token = _retries.Dequeue();
            (token.Node.HasEffects ? Effects : _parts.Pure).Enqueue(token, token.Id);
        }
    }

    private void Enqueue(Token token)
    {
        if (!_isPlanned)
        {
            return;
        }

        switch (token.State)
        {
            case TokenState.Ready when token.Node.HasEffects && token.Node.Enabled:
                Effects.Enqueue(token, token.Id);
                break;
            case TokenState.Ready or TokenState.Resuming:
                _parts.Pure.Enqueue(token, token.Id);
                break;
            case TokenState.RetryWaiting when token.Bookmark is null:
                (_retries ??= new()).Enqueue(token, token.RetryAt!.Value);
                break;
            case TokenState.Gathered when HasEnough(token):
                _parts.Pure.Enqueue(token.Scope.Merges[token.Node.Slot].First!, token.Scope.Merges[token.Node.Slot].First!.Id);
                break;
            case TokenState.Gathered:
                Soil(token.Scope);
                break;
            default:
                break;
        }
    }

    private void Expect(Token token)
    {
        if (_isPlanned && token is { Bookmark: { } bookmark, Due: { } due })
        {
            (_dues ??= new()).Enqueue(bookmark, due);
        }
    }

    private void Soil(ScopeInstance scope)
    {
        if (_isPlanned && !scope.IsDirty && scope.Merges.Length > 0)
        {
            scope.IsDirty = true;
            (_soiled ??= new()).Enqueue(scope, scope.Number);
        }
    }

    private static bool IsPureStep(Token token, EngineLimits limits, in Hands hands) =>
        token.State switch
        {
            TokenState.Resuming => true,
            TokenState.Gathered => HasEnough(token),
            TokenState.Intended => token.OpenTries >= limits.LostTries && !hands.InHand.Contains(token.Id),
            _ => IsReady(token, hands.Now),
        };

    private static bool IsReady(Token token, DateTimeOffset now) =>
        token.State == TokenState.Ready || (token is { State: TokenState.RetryWaiting, Bookmark: null } && token.RetryAt <= now);

    private static bool HasEnough(Token token) =>
        token.Node.RequiredTokens > 0 && token.Scope.Merges[token.Node.Slot].Count >= token.Node.RequiredTokens;

    private static bool CanBeReached(ScopeInstance scope, CompiledNode merge)
    {
        var isReachable = merge.ReachedFrom.Meets(scope.Occupied);
        foreach (var watcher in scope.Watchers)
        {
            isReachable |= watcher.Node.ReachesByError.Contains(merge.Slot);
        }

        return isReachable;
    }
}
