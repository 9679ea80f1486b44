using System.Text.Json;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Events;

namespace SaaSFlows.Api.Events;

/// <param name="ExpectedVersion">The version that the aggregate must have now, 0 if it must be new.</param>
internal sealed record PublishEventBody(
    string? EventType,
    JsonElement? Data,
    string? AggregateId,
    string? AggregateType,
    JsonElement? Metadata,
    long? CommunityId,
    long? ExpectedVersion
);

internal sealed record StartedByEventBody(Guid ExecutionId, Guid WorkflowId);

internal sealed record RefusedByEventBody(Guid WorkflowId, string Reason, string Message)
{
    public static RefusedByEventBody From(RefusedByEvent refused) => new(refused.Workflow.Value, refused.Reason, refused.Message);
}

/// <param name="Sequence">Its place among the tenant's events, where a stream goes on.</param>
internal sealed record PublishedEventBody(
    Guid EventId,
    long Sequence,
    string? AggregateId,
    long? Version,
    string EventType,
    DateTimeOffset PublishedAt,
    IReadOnlyList<StartedByEventBody> Started,
    IReadOnlyList<Guid> Resumed,
    IReadOnlyList<RefusedByEventBody> Refused,
    bool Repeated
)
{
    public static PublishedEventBody From(PublishedEvent published) =>
        new(
            published.Id.Value,
            published.Number,
            published.AggregateId,
            published.Version,
            published.Type,
            published.At,
            [.. published.Started.Select(one => new StartedByEventBody(one.Execution.Value, one.Workflow.Value))],
            [.. published.Resumed.Select(one => one.Value)],
            [.. published.Refused.Select(RefusedByEventBody.From)],
            published.IsRepeat
        );
}

/// <summary>An event as it is kept.</summary>
internal sealed record EventBody(
    Guid EventId,
    long Sequence,
    long? CommunityId,
    string? AggregateId,
    string? AggregateType,
    long? Version,
    string EventType,
    JsonElement? Data,
    JsonElement? Metadata,
    Guid PublishedBy,
    DateTimeOffset PublishedAt
)
{
    public static EventBody From(StoredEvent stored) =>
        new(
            stored.Id.Value,
            stored.Number,
            stored.Community?.Value,
            stored.AggregateId,
            stored.AggregateType,
            stored.Version,
            stored.Type,
            Names.OrNull(stored.Data),
            Names.OrNull(stored.Metadata),
            stored.PublishedBy.Value,
            stored.PublishedAt
        );
}

/// <param name="Complete">False if older events are not kept any more.</param>
internal sealed record ProjectionBody(string AggregateId, long? CommunityId, long Version, int Events, bool Complete, JsonElement State)
{
    public static ProjectionBody From(string aggregate, Projection projection) =>
        new(aggregate, projection.Community?.Value, projection.Version, projection.Events, projection.IsComplete, projection.State);
}

/// <param name="Workflow">Its id, key or name.</param>
internal sealed record ReplayBody(string? Workflow, long? CommunityId, long? FromVersion, long? ToVersion, int? Limit);

internal sealed record ReplayedEventBody(Guid ExecutionId, long Version);

internal sealed record ReplayedBody(
    Guid ReplayId,
    IReadOnlyList<ReplayedEventBody> Started,
    int Skipped,
    RefusedByEventBody? Refused,
    long? NextVersion
)
{
    public static ReplayedBody From(Replay replay) =>
        new(
            replay.Id.Value,
            [.. replay.Started.Select(one => new ReplayedEventBody(one.Execution.Value, one.Version))],
            replay.Skipped,
            replay.Refused is { } refused ? RefusedByEventBody.From(refused) : null,
            replay.Next
        );
}
