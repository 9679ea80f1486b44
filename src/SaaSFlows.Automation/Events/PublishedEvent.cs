using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>A fact that somebody tells a tenant's workflows.</summary>
/// <param name="Type">1 to 200 letters, digits and <c>_ . : -</c>.</param>
/// <param name="Data">Any JSON; undefined for none.</param>
/// <param name="Metadata">A JSON object or undefined.</param>
/// <param name="Community">Where it happened; null for every community in which the caller may execute workflows.</param>
public sealed record NewEvent(string? Type, JsonElement Data, string? AggregateId, string? AggregateType, JsonElement Metadata, CommunityId? Community);

/// <summary>What an event set off.</summary>
/// <param name="Started">Executions of the workflows whose trigger it was.</param>
/// <param name="Resumed">Executions that waited for it.</param>
/// <param name="Refused">Workflows that would have started, and why they did not.</param>
public sealed record PublishedEvent(
    EventId Id, string Type, DateTimeOffset At, IReadOnlyList<StartedByEvent> Started, IReadOnlyList<ExecutionId> Resumed, IReadOnlyList<RefusedByEvent> Refused)
{
    /// <summary>The same event had come before: this is what was answered then.</summary>
    public bool IsRepeat { get; init; }
}

public sealed record StartedByEvent(ExecutionId Execution, WorkflowId Workflow);

/// <param name="Reason">Stable code.</param>
public sealed record RefusedByEvent(WorkflowId Workflow, string Reason, string Message);
