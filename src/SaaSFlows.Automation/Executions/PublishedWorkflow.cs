using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>A workflow as a start sees it.</summary>
/// <param name="IsRestricted">Whether a caller needs a grant; webhooks, schedules and the like do not ask.</param>
/// <param name="Graph">Null until it has been published.</param>
/// <param name="ReadAt">All of this stood in the database then, or later.</param>
internal sealed record PublishedWorkflow(
    TenantId Tenant,
    CommunityId Community,
    EntityId Entity,
    WorkflowId Id,
    string Status,
    bool Paused,
    bool IsRestricted,
    WorkflowVersionId? Version,
    CompiledGraph? Graph,
    DateTimeOffset ReadAt
)
{
    /// <summary>Whether calls of a webhook that starts at this node are answered when the execution ended.</summary>
    public bool AnswersWithResult(string node)
    {
        foreach (var trigger in Graph?.Triggers ?? [])
        {
            if (trigger.Id.Value == node)
            {
                return trigger.Config.TryGetProperty("response_mode"u8, out var mode)
                    && mode.ValueKind == JsonValueKind.String
                    && mode.ValueEquals("result"u8);
            }
        }

        return false;
    }
}
