using System.Text;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
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

        // A parent that has ended meanwhile does not want to know.
        await inbox.DeliverAsync(ending.Tenant, end.Parent, InboxFactKind.Stimulus, end.Bookmark, Encoding.UTF8.GetBytes(end.Result.GetRawText()), ct);
        probe.Reached(CrashPoint.AfterTellParent);
        worker.FactsArrived(end.Parent);
    }
}
