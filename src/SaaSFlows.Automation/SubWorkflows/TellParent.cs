using System.Text;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>Delivers a child's end to the waiting parent. A second delivery has no effect, because the bookmark has ended.</summary>
internal sealed class TellParent(ChildResults results, Inbox inbox, ExecutionWorker worker, ICrashProbe probe) : IEndingHandler
{
    public EndingFlags Flag => EndingFlags.TellParent;

    public async Task HandleAsync(Ending ending, CancellationToken ct)
    {
        if (await results.FindAsync(ending.Tenant, ending.Execution, ct) is not { } end)
        {
            return;
        }

        probe.Reached(CrashPoint.BeforeTellParent);
        await TellAsync(ending, end, ct);
        probe.Reached(CrashPoint.AfterTellParent);
    }

    /// <summary>The parent must not wait for ever, so it gets an error that the result was lost, which it can handle.</summary>
    public async Task<bool> TryGiveUpAsync(Ending ending, CancellationToken ct)
    {
        if (await results.FindLostAsync(ending.Tenant, ending.Execution, ct) is { } end)
        {
            await TellAsync(ending, end, ct);
        }

        return true;
    }

    private async Task TellAsync(Ending ending, ChildEnd end, CancellationToken ct)
    {
        // A parent that has ended in the meantime gets nothing.
        await inbox.DeliverAsync(
            ending.Tenant,
            end.Parent,
            InboxFactKind.Stimulus,
            end.Bookmark,
            Encoding.UTF8.GetBytes(end.Result.GetRawText()),
            ct
        );
        worker.FactsArrived(end.Parent);
    }
}
