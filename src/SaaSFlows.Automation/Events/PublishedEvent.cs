using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>A fact that somebody tells a tenant's workflows.</summary>
/// <param name="Type">1 to 200 letters, digits and <c>_ . : -</c>.</param>
/// <param name="Data">Any JSON; undefined for none.</param>
/// <param name="Metadata">A JSON object or undefined.</param>
/// <param name="Community">Where it happened; null for the whole tenant, or for the only community in which the caller may execute workflows.</param>
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

/// <summary>What an event set off.</summary>
/// <param name="Started">Executions of the workflows whose trigger it was.</param>
/// <param name="Resumed">Executions that waited for it.</param>
/// <param name="Refused">Workflows that would have started, and why they did not.</param>
public sealed record PublishedEvent(
    EventId Id,
    string Type,
    DateTimeOffset At,
    IReadOnlyList<StartedByEvent> Started,
    IReadOnlyList<ExecutionId> Resumed,
    IReadOnlyList<RefusedByEvent> Refused
)
{
    /// <summary>Its place among the tenant's events.</summary>
    public long Number { get; init; }

    public string? AggregateId { get; init; }

    /// <summary>The aggregate's version since this event; null without an aggregate.</summary>
    public long? Version { get; init; }

    /// <summary>The same event had come before: this is what was answered then.</summary>
    public bool IsRepeat { get; init; }
}

public sealed record StartedByEvent(ExecutionId Execution, WorkflowId Workflow);

/// <param name="Reason">Stable code.</param>
public sealed record RefusedByEvent(WorkflowId Workflow, string Reason, string Message);
