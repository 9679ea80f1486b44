using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Running;

/// <summary>Ends an execution whose version cannot be found, so that it is not claimed for ever.</summary>
internal static class MissingGraph
{
    public static async Task EndAsync(RunnerContext context, ClaimedExecution claimed, CancellationToken lost)
    {
        var end = new EventBody.ExecutionFailed("execution.unknown_version", "The started version of the workflow does not exist.", null);
        using var pending = PendingEvents.Rent();
        pending.Add(new(JournalEventKind.ExecutionFailed, null, "", 0, 0, 0, JournalBodies.ToMicroseconds(context.Time.GetUtcNow()), end));
        var transition = new ExecutionTransition.End(ExecutionStatus.Failed, default, end.Code, end.Message, null, 0);
        await context.Journal.AppendAsync(pending.ToAppend(claimed.Ref.Id, claimed.Fence, claimed.HeadSeq, transition), lost);
    }
}
