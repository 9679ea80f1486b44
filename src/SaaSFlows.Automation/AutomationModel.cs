using Microsoft.EntityFrameworkCore;
using SaaSFlows.Automation.Approvals.Internal;
using SaaSFlows.Automation.Chat.Internal;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation;

/// <summary>This module's tables in the shared model.</summary>
internal sealed class AutomationModel : IModelPart
{
    public void Build(ModelBuilder model)
    {
        model.Entity<WorkflowRow>(row =>
        {
            row.ToTable("workflows", "automation").HasKey(workflow => workflow.Id);
            row.Property(workflow => workflow.Revision).IsConcurrencyToken();
        });
        model.Entity<WorkflowVersionRow>().ToTable("workflow_versions", "automation").HasKey(version => version.Id);
        model.Entity<TriggerRow>().ToTable("triggers", "automation").HasKey(trigger => new { trigger.WorkflowId, trigger.NodeId });
        model.Entity<WebhookRow>().ToTable("webhooks", "automation").HasKey(webhook => webhook.Id);
        model.Entity<ApprovalRow>().ToTable("approvals", "automation").HasKey(approval => approval.Id);
        model.Entity<ChatMessageRow>().ToTable("chat_messages", "automation").HasKey(message => new { message.EntityId, message.Number });
    }
}
