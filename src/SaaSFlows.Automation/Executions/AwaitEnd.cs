using SaaSFlows.Accounts.Access;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Waits for the end of an execution.</summary>
public sealed class AwaitEnd(ExecutionEnds ends, JournalFeed feed, TimeProvider time)
{
    /// <summary>Returns the status of a caller's execution when it has ended or the time is over.</summary>
    public async Task<ExecutionStatus> StatusAsync(Caller caller, ExecutionId execution, TimeSpan limit, CancellationToken ct) =>
        (await RunAsync(caller.TenantId, execution, limit, ct)).Status;

    /// <summary>Returns the status when the execution has ended or the time is over. The execution must be stored.</summary>
    internal async Task<ExecutionEnd> RunAsync(TenantId tenant, ExecutionId execution, TimeSpan limit, CancellationToken ct)
    {
        var start = time.GetTimestamp();
        using var news = feed.Subscribe(FeedTopic.Execution(execution));
        while (true)
        {
            var seen = await ends.ReadAsync(tenant, execution, ct);
            var left = limit - time.GetElapsedTime(start);
            if (seen.Status >= ExecutionStatus.Completed || left <= TimeSpan.Zero)
            {
                return seen;
            }

            await news.NextAsync(left, ct);
        }
    }
}
