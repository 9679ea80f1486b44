using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>Executions that need a worker. One conformance suite in TestKit holds for every implementation.</summary>
public interface IExecutionQueue
{
    /// <summary>
    /// Takes up to <paramref name="max"/> executions that are available and not leased (or whose lease ran out), fairly between
    /// tenants, and raises the fence of each.
    /// </summary>
    /// <param name="full">Tenants of which nothing is wanted now, but for what a worker that has gone silent left behind.</param>
    ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
        WorkerId worker,
        int max,
        TimeSpan lease,
        IReadOnlyList<TenantId> full,
        CancellationToken ct
    );

    /// <summary>Prolongs the leases of what this worker runs, and says which it lost and for which facts have come in.</summary>
    ValueTask<LeaseReport> RenewAsync(WorkerId worker, IReadOnlyList<HeldLease> held, TimeSpan lease, CancellationToken ct);

    /// <summary>Facts waiting for an execution, in their order.</summary>
    ValueTask<IReadOnlyList<InboxFact>> ReadInboxAsync(ExecutionId execution, CancellationToken ct);
}

/// <summary>An execution in the hands of a worker.</summary>
/// <param name="Fence">Goes with every write.</param>
/// <param name="HeadSeq">Last stored sequence number.</param>
/// <param name="InboxSeq">Number of the last fact that ever came into its inbox, 0 for none.</param>
public sealed record ClaimedExecution(ExecutionRef Ref, WorkflowVersionId Version, long Fence, long HeadSeq, long InboxSeq)
{
    /// <summary>The first events of its journal, as many as came with the claim; the rest has to be read.</summary>
    public IReadOnlyList<JournalEvent> Known { get; init; } = [];
}

/// <summary>A lease that a worker believes it holds.</summary>
/// <param name="SeenInbox">Number of the last inbox fact that its runner knows.</param>
public sealed record HeldLease(ExecutionId Execution, long Fence, long SeenInbox);

/// <summary>What a renewal found.</summary>
public sealed record LeaseReport(IReadOnlyList<ExecutionId> Lost, IReadOnlyList<ExecutionId> WithNewFacts);

/// <summary>A fact from outside on its way into an execution.</summary>
/// <param name="Number">1, 2, 3, … within the execution.</param>
/// <param name="Bookmark">The bookmark it is for; null for facts about the whole execution, such as a cancel.</param>
/// <param name="Body">UTF-8 JSON; empty for none.</param>
public sealed record InboxFact(long Number, InboxFactKind Kind, BookmarkId? Bookmark, DateTimeOffset At, ReadOnlyMemory<byte> Body);

/// <summary>What came in. Numbers are stored: never reuse or renumber one.</summary>
public enum InboxFactKind : short
{
    /// <summary>A bookmark's time came.</summary>
    Due = 1,

    /// <summary>A stimulus for a bookmark: an answer, an event.</summary>
    Stimulus = 2,

    /// <summary>Somebody asked to cancel. Body: by, reason.</summary>
    Cancel = 3,
}
