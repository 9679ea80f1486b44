using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>The state of a webhook for the audit log: everything except token and secret.</summary>
internal static class WebhookAudit
{
    public static AuditEntry Entry(this WebhookRow row, Caller caller, string action, object? before, object? after) =>
        AuditEntry.By(caller, action, new("webhook", row.Id.ToString(), row.Name), before, after);

    /// <summary>Writes the webhooks that a publish or a restore created or changed.</summary>
    public static async Task WriteWebhooksAsync(
        this AuditLog audit,
        AppDb db,
        Caller caller,
        IReadOnlyList<ShownWebhook> webhooks,
        CancellationToken ct
    )
    {
        foreach (var webhook in webhooks)
        {
            await audit.WriteAsync(
                db,
                webhook.Row.Entry(caller, webhook.IsNew ? AuditActions.WebhookCreated : AuditActions.WebhookUpdated, null, webhook.Row.State()),
                ct
            );
        }
    }

    public static object State(this WebhookRow row) =>
        new
        {
            row.Name,
            row.Description,
            row.WorkflowId,
            row.NodeId,
            row.Enabled,
            row.RequireSignature,
            row.IpAllowlist,
            row.RateLimitMax,
            row.RateLimitWindow,
        };
}
