using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Follows an execution while it runs.</summary>
public sealed class FollowExecution
{
    private readonly ShowExecution _show;
    private readonly ExecutionHistory _history;
    private readonly LiveTail _tail;

    private readonly LiveLogOptions _options;
    private readonly TimeProvider _time;

    internal FollowExecution(ShowExecution show, ExecutionHistory history, LiveTail tail, LiveLogOptions options, TimeProvider time) =>
        (_show, _history, _tail, _options, _time) = (show, history, tail, options, time);

    /// <summary>
    /// What events after <paramref name="after"/> changed, as they are stored; ends with the execution. A reader that resumes after the
    /// last number that it saw misses nothing. What is stored already is read as fast as it is taken, by few readers of a tenant at once; from there
    /// on everybody who follows the execution is served from one tail. A reader that is too slow for either is sent away (
    /// <see cref="LiveUpdate.FellBehind"/>). Ends at once if the caller sees no such execution; whether they still may is for the caller of this to
    /// ask.
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
        if (!reader.TryAttach(after))
        {
            using var turn = await _tail.Turns.EnterAsync(caller.TenantId, ct);
            using var stored = new StoredChanges(_history, caller, id, graph, _tail.Held.Begin(caller.TenantId), _options.LongestCatchUp, _time);
            do
            {
                await foreach (var update in stored.ReadAsync(after, ct))
                {
                    yield return update;
                }

                if (stored.IsOver)
                {
                    yield break;
                }
            } while (!_tail.TryAttach(reader, stored));

            seen = stored.Seen;
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

        if (reader.SentAway is { } sentAway)
        {
            yield return sentAway(told);
        }
    }
}
