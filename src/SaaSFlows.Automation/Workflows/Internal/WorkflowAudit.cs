using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>The state of a workflow for the audit log.</summary>
internal static class WorkflowAudit
{
    public static AuditEntry Entry(this WorkflowRow row, Caller caller, string action, object? before, object? after) =>
        AuditEntry.By(caller, action, new("workflow", row.Id.ToString(), row.Name), before, after);

    /// <summary>Returns the current state. Call it before the change.</summary>
    public static object State(this WorkflowRow row) =>
        new
        {
            row.Name,
            row.Description,
            row.Status,
            row.Paused,
            row.Revision,
            row.PublishedVersion,
            row.CommunityId,
            row.EntityId,
            definition = JsonElement.Parse(row.Draft),
        };
}
