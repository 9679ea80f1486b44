using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Running;

/// <summary>The worker's end of one runner.</summary>
#pragma warning disable CA1001 // The source has neither timer nor parent to let go of, and may be cancelled after the runner has left.
internal sealed class RunnerHandle(ClaimedExecution claimed)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _lost = new();

    public ClaimedExecution Claimed { get; } = claimed;

    public Mailbox Messages { get; } = new();

    public ExecutionRunner? Runner { get; set; }

    /// <summary>Set while nobody but this process knows of the execution: there is no lease to keep yet.</summary>
    public AcceptingJournal? Accepting { get; init; }

    public bool HasLease => Accepting?.IsAccepted ?? true;

    public CancellationToken Lost => _lost.Token;

    /// <summary>Completes when the runner has left its execution.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    public HeldLease Lease => new(Claimed.Ref.Id, Claimed.Fence, Runner?.SeenInbox ?? Claimed.InboxSeq);

    public void Tell(RunnerMessage message) => Messages.Tell(message);

    public void Drop() => _lost.Cancel();
}
