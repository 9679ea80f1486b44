using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>The data of a workflow that a start needs.</summary>
/// <param name="IsRestricted">Whether a caller needs a grant. Webhooks and schedules need none.</param>
/// <param name="Graph">Null until it has been published.</param>
/// <param name="ReadAt">The data was in the database at this time or later.</param>
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
    /// <summary>Whether calls of a webhook at this node are answered after the end of the execution.</summary>
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
