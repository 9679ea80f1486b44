using System.Text;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>Brings a child's end to the parent that waits for it. A second time changes nothing: the bookmark has then been reached.</summary>
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

    /// <summary>The parent must not wait for ever: it hears that the result can't be had, as an error that it can handle.</summary>
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
        // A parent that has ended meanwhile does not want to know.
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
