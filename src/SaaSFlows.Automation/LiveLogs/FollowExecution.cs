using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Follows an execution while it runs.</summary>
public sealed class FollowExecution(ShowExecution show, ExecutionHistory history, JournalFeed feed, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SafetyPoll = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What events after <paramref name="after"/> changed, as they are stored; ends with the execution. A reader that resumes after the
    /// last number that it saw misses nothing. Ends at once if the caller sees no such execution, and within seconds
    /// when it may not be seen any more.
    /// </summary>
    public async IAsyncEnumerable<LiveChange> RunAsync(Caller caller, ExecutionId id, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        if (await show.GraphAsync(caller, id, ct) is not { } graph)
        {
            yield break;
        }

        using var news = feed.Subscribe(FeedTopic.Execution(id));
        var projection = new ExecutionProjection(graph);
        long seen = 0;
        var looked = time.GetTimestamp();
        while (true)
        {
            if (time.GetElapsedTime(looked) > LookAgain)
            {
                if (!await show.SeesAsync(caller, id, ct))
                {
                    yield break;
                }

                looked = time.GetTimestamp();
            }

            var ended = false;
            await foreach (var recorded in history.ReadAsync(caller.Scope(), id, seen, ct))
            {
                seen = recorded.Seq;
                var changes = projection.Apply(recorded);
                ended |= recorded.Kind is JournalEventKind.ExecutionCompleted or JournalEventKind.ExecutionFailed or JournalEventKind.ExecutionCancelled;
                for (var index = 0; recorded.Seq > after && index < changes.Count; index++)
                {
                    // Only the last change of an event may be resumed after: a reader cut off between two gets both again.
                    yield return new LiveChange(changes[index], IsLastOfEvent: index == changes.Count - 1);
                }
            }

            if (ended)
            {
                yield break;
            }

            await news.NextAsync(SafetyPoll, ct);
        }
    }
}

/// <summary>Something that changed in an execution.</summary>
/// <param name="IsLastOfEvent">Whether its journal event has told everything with this.</param>
public sealed record LiveChange(ExecutionChange Change, bool IsLastOfEvent);
