using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Starting;

/// <summary>An execution that shall be started. What the caller knows from its cache is checked again when it is accepted.</summary>
/// <param name="Version">The version that the caller believes to be published.</param>
/// <param name="LicenceEpoch">The epoch of the tenant's licence under which the caller allowed the start.</param>
/// <param name="Trigger"><c>manual</c>, <c>webhook</c>, <c>command</c>.</param>
/// <param name="Webhook">Must be enabled and of this workflow; null if it came through none.</param>
/// <param name="StartedBy">Null if nobody signed in did it.</param>
/// <param name="Input">UTF-8 JSON as received.</param>
/// <param name="Metadata">UTF-8 JSON; empty for none.</param>
/// <param name="Started">The first journal event, number 1.</param>
/// <param name="Event">Set if a second delivery of the same event must not start a second execution.</param>
/// <param name="Lease">Set if the caller runs it; without, it waits in the queue.</param>
public sealed record NewExecution(
    ExecutionRef Ref,
    WorkflowVersionId Version,
    long LicenceEpoch,
    string Trigger,
    NodeId TriggerNode,
    WebhookId? Webhook,
    UserId? StartedBy,
    ReadOnlyMemory<byte> Input,
    ReadOnlyMemory<byte> Metadata,
    JournalEvent Started,
    EventKey? Event,
    AcceptLease? Lease
)
{
    /// <summary>The revision of the webhook's rules that the delivery was checked against; null if none was.</summary>
    public int? WebhookRevision { get; init; }

    /// <summary>
    /// What the caller ran before anybody knew of the execution, in memory and without an effect: stored together with the acceptance, or dropped
    /// with the refusal. Under fence 1, after event 1. Needs a lease; null if nothing ran yet.
    /// </summary>
    public JournalAppend? Ran { get; init; }

    /// <summary>Set for the execution of a sub-workflow.</summary>
    public ParentLink? Parent { get; init; }

    /// <summary>Set if it does an earlier one again.</summary>
    public RetryLink? Retry { get; init; }

    /// <summary>What follows from its end. That a waiting parent is told, or a place given up, needs no flag here.</summary>
    public EndingFlags OnEnd { get; init; }

    /// <summary>It looks after another one's failure (or does such a one again): its own failure, and its children's, start no workflow.</summary>
    public bool OfFailure { get; init; }

    /// <summary>False for what no licence counts.</summary>
    public bool Counted { get; init; } = true;

    /// <summary>The version need not be the published one.</summary>
    public bool AnyVersion { get; init; }

    /// <summary>How many of its workflow may run at once; null for no limit. Such requests are written one by one, and run by the queue.</summary>
    public ConcurrencyLimit? Concurrency { get; init; }
}

/// <summary>Who started a sub-workflow's execution. It must be of the same tenant; how deep the child is follows from it.</summary>
/// <param name="Bookmark">Where the parent waits for the child's end; null if it does not wait.</param>
public sealed record ParentLink(ExecutionId Execution, BookmarkId? Bookmark);

/// <summary>Which execution is done again.</summary>
/// <param name="From">The node that it begins at; null for the start.</param>
public sealed record RetryLink(ExecutionId Of, NodeId? From);

/// <summary>Names an event, so that its second delivery is known.</summary>
/// <param name="Source">The webhook's id; for calls the workflow's.</param>
/// <param name="BodyHash">The same key with another body is a mistake of the sender.</param>
/// <param name="KeepFor">How long it is remembered.</param>
public sealed record EventKey(Guid Source, string Key, ReadOnlyMemory<byte> BodyHash, TimeSpan KeepFor);

/// <summary>The accepting process takes the execution itself.</summary>
public sealed record AcceptLease(WorkerId Worker, TimeSpan Duration);
