using System.Text;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>The rows that map chat commands and events to the workflows that they start.</summary>
internal static class PublishedTriggers
{
    /// <summary>Replaces the triggers of the workflow by those of this version.</summary>
    public static async Task ReplaceAsync(AppDb db, WorkflowRow row, WorkflowVersionId version, WorkflowDefinition definition, CancellationToken ct)
    {
        await RemoveAsync(db, row.Id, ct);
        foreach (var node in definition.Nodes.Where(node => node.Type is NodeTypes.TriggerCommand or NodeTypes.TriggerEvent && node.Enabled))
        {
            db.Add(
                new TriggerRow
                {
                    WorkflowId = row.Id,
                    NodeId = node.Id.Value,
                    TenantId = row.TenantId,
                    CommunityId = row.CommunityId,
                    EntityId = row.EntityId,
                    Kind = node.Type == NodeTypes.TriggerEvent ? "event" : "command",
                    Key = node.Type == NodeTypes.TriggerEvent ? node.Config.GetProperty("event_type").GetString() : null,
                    VersionId = version,
                    Config = Encoding.UTF8.GetBytes(node.Config.GetRawText()),
                }
            );
        }
    }

    public static Task RemoveAsync(AppDb db, WorkflowId workflow, CancellationToken ct) =>
        db.Set<TriggerRow>().Where(trigger => trigger.WorkflowId == workflow).ExecuteDeleteAsync(ct);
}
