using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Follows an execution while it runs.</summary>
public sealed class FollowExecution
{
    private readonly ShowExecution _show;
    private readonly ExecutionHistory _history;
    private readonly LiveTail _tail;

    internal FollowExecution(ShowExecution show, ExecutionHistory history, LiveTail tail) => (_show, _history, _tail) = (show, history, tail);

    /// <summary>
    /// What events after <paramref name="after"/> changed, as they are stored; ends with the execution. A reader that resumes after the
    /// last number that it saw misses nothing. What is stored already is read as fast as it is taken; from there on everybody who follows the execution is served
    /// from one tail, and who is too slow for it is sent away (<see cref="LiveUpdate.FellBehind"/>). Ends at once if the caller sees no such execution; whether they
    /// still may is for the caller of this to ask.
    /// </summary>
    public async IAsyncEnumerable<LiveUpdate> RunAsync(Caller caller, ExecutionId id, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await _show.GraphAsync(caller, id, ct) is not { } graph)
        {
            yield break;
        }

        using var reader = _tail.Join(caller.TenantId, id);
        var seen = after;

        // Nothing is read for one who goes on where the tail stands.
        if (!_tail.TryAttach(reader, seen, null))
        {
            var (projection, hasEnded) = (new ExecutionProjection(graph), false);
            seen = 0;
            do
            {
                await foreach (var recorded in _history.ReadAsync(caller.Scope(), id, seen, ct))
                {
                    (seen, hasEnded) = (recorded.Seq, hasEnded || recorded.Kind.EndsExecution());
                    var changes = projection.Apply(recorded);
                    for (var index = 0; recorded.Seq > after && index < changes.Count; index++)
                    {
                        // Only the last change of an event may be resumed after: a reader cut off between two gets both again.
                        yield return new LiveUpdate.Changed(changes[index], IsLastOfEvent: index == changes.Count - 1);
                    }
                }

                if (hasEnded)
                {
                    yield break;
                }
            }
            while (!_tail.TryAttach(reader, seen, projection));
        }

        var told = Math.Max(seen, after);
        await foreach (var changed in reader.ReadAsync(ct))
        {
            // The tail may stand before what this reader knows.
            if (changed.Change.Seq > Math.Max(seen, after))
            {
                told = changed.IsLastOfEvent ? changed.Change.Seq : told;
                yield return changed;
            }
        }

        if (reader.HasFallenBehind)
        {
            yield return new LiveUpdate.FellBehind(told);
        }
    }
}
