using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>An event for a tenant's workflows.</summary>
/// <param name="Type">1 to 200 letters, digits and <c>_ . : -</c>.</param>
/// <param name="Data">Any JSON; undefined for none.</param>
/// <param name="Metadata">A JSON object or undefined.</param>
/// <param name="Community">The community of the event; null for the whole tenant, or for the only community in which the caller may execute
/// workflows.</param>
public sealed record NewEvent(
    string? Type,
    JsonElement Data,
    string? AggregateId,
    string? AggregateType,
    JsonElement Metadata,
    CommunityId? Community
)
{
    /// <summary>The version that the aggregate must have now, 0 if it must be new; null for any.</summary>
    public long? ExpectedVersion { get; init; }
}

/// <summary>The effects of an event.</summary>
/// <param name="Started">Executions that it started.</param>
/// <param name="Resumed">Executions whose wait it ended.</param>
/// <param name="Refused">Workflows whose start was refused, with the reasons.</param>
public sealed record PublishedEvent(
    EventId Id,
    string Type,
    DateTimeOffset At,
    IReadOnlyList<StartedByEvent> Started,
    IReadOnlyList<ExecutionId> Resumed,
    IReadOnlyList<RefusedByEvent> Refused
)
{
    /// <summary>The number of the event in its tenant.</summary>
    public long Number { get; init; }

    public string? AggregateId { get; init; }

    /// <summary>The aggregate's version since this event; null without an aggregate.</summary>
    public long? Version { get; init; }

    /// <summary>Whether the same event was published before. Then this is the first answer.</summary>
    public bool IsRepeat { get; init; }
}

public sealed record StartedByEvent(ExecutionId Execution, WorkflowId Workflow);

/// <param name="Reason">Stable code.</param>
public sealed record RefusedByEvent(WorkflowId Workflow, string Reason, string Message);
