using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>An execution that shall be started. What the caller knows from its cache is checked again in the statement that stores it.</summary>
/// <param name="Version">The version that the caller believes to be published.</param>
/// <param name="LicenceEpoch">The epoch of the tenant's licence under which the caller allowed the start.</param>
/// <param name="Trigger"><c>manual</c>, <c>webhook</c>, <c>command</c>.</param>
/// <param name="Webhook">Must be enabled and of this workflow; null if it came through none.</param>
/// <param name="StartedBy">Null if nobody signed in did it.</param>
/// <param name="Input">UTF-8 JSON as received.</param>
/// <param name="Metadata">UTF-8 JSON; empty for none.</param>
/// <param name="Started">The first journal event, number 1.</param>
/// <param name="Event">Set if a second delivery of the same event must not start a second execution.</param>
/// <param name="Lease">Set if the caller runs it at once; without, it waits in the queue.</param>
public sealed record AcceptRequest(
    ExecutionRef Execution,
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
    AcceptLease? Lease)
{
    /// <summary>The revision of the webhook's rules that the delivery was checked against; null if none was.</summary>
    public int? WebhookRevision { get; init; }
}

/// <summary>Names an event, so that its second delivery is known.</summary>
/// <param name="Source">The webhook's id; for calls the workflow's.</param>
/// <param name="BodyHash">The same key with another body is a mistake of the sender.</param>
/// <param name="KeepFor">How long it is remembered.</param>
public sealed record EventKey(Guid Source, string Key, ReadOnlyMemory<byte> BodyHash, TimeSpan KeepFor);

/// <summary>The accepting process takes the execution itself.</summary>
public sealed record AcceptLease(WorkerId Worker, TimeSpan Duration);
