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
    /// Streams the changes by events after <paramref name="after"/> until the execution ends. A reader that resumes after its last number misses
    /// nothing. Stored events are read at the reader's speed, by few readers of a tenant at once; after that, one tail serves all readers of the
    /// execution. A reader that is too slow gets <see cref="LiveUpdate.FellBehind"/>. Ends at once if the caller can see no such execution. The
    /// caller of this method must check that permissions still hold.
    /// </summary>
    public async IAsyncEnumerable<LiveUpdate> RunAsync(Caller caller, ExecutionId id, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await _show.GraphAsync(caller, id, ct) is not { } graph)
        {
            yield break;
        }

        using var reader = _tail.Join(caller.TenantId, id);
        var seen = after;

        // A reader that resumes at the tail's position reads nothing from the journal.
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
            // The tail may be behind this reader's position.
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
