using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Permissions;

namespace SaaSFlows.Automation.Webhooks.Internal;

/// <summary>What the audit log keeps of a webhook: all but its token and secret.</summary>
internal static class WebhookAudit
{
    public static AuditEntry Entry(this WebhookRow row, Caller caller, string action, object? before, object? after) =>
        AuditEntry.By(caller, action, new("webhook", row.Id.ToString(), row.Name), before, after);

    public static object State(this WebhookRow row) =>
        new { row.Name, row.Description, row.WorkflowId, row.NodeId, row.Enabled, row.RequireSignature, row.IpAllowlist, row.RateLimitMax, row.RateLimitWindow };
}
