using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;

namespace SaaSFlows.Api.Wire;

/// <summary>How statuses, times and absent values are written.</summary>
internal static class Names
{
    public static string Of(ExecutionStatus status) =>
        status switch
        {
            ExecutionStatus.Queued => "queued",
            ExecutionStatus.Running => "running",
            ExecutionStatus.Waiting => "waiting",
            ExecutionStatus.Completed => "completed",
            ExecutionStatus.Failed => "failed",
            ExecutionStatus.Cancelled => "cancelled",
        };

    public static string Of(NodeStatus status) =>
        status switch
        {
            NodeStatus.Pending => "pending",
            NodeStatus.Running => "running",
            NodeStatus.Waiting => "waiting",
            NodeStatus.Completed => "completed",
            NodeStatus.Failed => "failed",
            NodeStatus.Skipped => "skipped",
            NodeStatus.Cancelled => "cancelled",
        };

    public static ExecutionStatus? Status(string? name) => name is null ? null : Enum.Parse<ExecutionStatus>(name, ignoreCase: true);

    public static double? Seconds(DateTimeOffset from, DateTimeOffset? to) => to is { } end ? Math.Round((end - from).TotalSeconds, 6) : null;

    public static JsonElement? OrNull(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : value;
}
