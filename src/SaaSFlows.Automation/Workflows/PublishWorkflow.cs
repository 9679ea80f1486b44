using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Licensing;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Activities;
using SaaSFlows.Automation.Webhooks;
using SaaSFlows.Automation.Webhooks.Internal;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Makes an immutable version of the draft and puts it into use.</summary>
public sealed class PublishWorkflow(
    TenantDatabase database, ActivityCatalogue catalogue, GraphValidator validator, Licence licence, WebhookDoors doors, AuditLog audit, TimeProvider time)
{
    /// <summary>Live for every process when this returns: each start re-checks the published version.</summary>
    public async Task<Result<PublishedWorkflowDetails>> RunAsync(Caller caller, WorkflowId id, CancellationToken ct)
    {
        if (LicenceRefusals.Of(await licence.MayDoAsync(caller.TenantId, LicensedAction.PublishWorkflow, ct)) is { } refused)
        {
            return refused;
        }

        return await database.RunAsync<Result<PublishedWorkflowDetails>>(caller.Scope(), async (db, cancel) =>
        {
            var row = await db.Set<WorkflowRow>().SingleOrDefaultAsync(workflow => workflow.Id == id, cancel);
            if (row is null)
            {
                return new AutomationError.NotFound("workflow");
            }

            if (await db.RefuseAsync(caller, row, Permission.PublishWorkflows, WorkflowRights.Edit, cancel) is { } denied)
            {
                return denied;
            }

            if (row.Status == WorkflowStatus.Archived)
            {
                return new AutomationError.Conflict("workflow.archived", "An archived workflow can't be published.");
            }

            var definition = WorkflowDefinition.Read(row.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
            var report = await WorkflowReferences.AddToAsync(db, validator.Validate(definition), definition, row.CommunityId, cancel);
            if (!report.IsValid)
            {
                return new AutomationError.InvalidWorkflow(report);
            }

            if (definition.Settings.OnFailure is { } name && (await FailureWorkflows.FindAsync(db, name, row.CommunityId, id, cancel) is not { } keeper
                    || !(await WorkflowAccess.OfAsync(db.Database.GetDbConnection(), keeper, cancel)).HasFlag(WorkflowRights.Execute)))
            {
                return new AutomationError.BadInput("settings.on_failure", $"names no other workflow of this community that is in use and that you may execute: '{name}'.");
            }

            var before = row.State();
            var version = AddVersion(db, row, caller.UserId, time.GetUtcNow());
            // First, so that two publishes of one revision meet here and the second one fails whole.
            await db.SaveChangesAsync(cancel);
            await ReplaceTriggersAsync(db, row, version, definition, cancel);
            var shown = await doors.FitAsync(db, row, definition, cancel);
            await db.SaveChangesAsync(cancel);
            await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowPublished, before, row.State()), cancel);
            await WriteDoorsAsync(db, caller, shown, cancel);
            return new PublishedWorkflowDetails(row.ToSummary(), [.. shown.Select(door => door.ToDetails())], report.Warnings);
        }, ct);
    }

    private async Task WriteDoorsAsync(AppDb db, Caller caller, IReadOnlyList<NewDoor> shown, CancellationToken ct)
    {
        foreach (var door in shown)
        {
            await audit.WriteAsync(db, door.Row.Entry(caller, door.IsNew ? AuditActions.WebhookCreated : AuditActions.WebhookUpdated, null, door.Row.State()), ct);
        }
    }

    private static WorkflowVersionId AddVersion(AppDb db, WorkflowRow row, UserId publisher, DateTimeOffset now)
    {
        var version = new WorkflowVersionRow
        {
            Id = new WorkflowVersionId(Guid.CreateVersion7(now)),
            TenantId = row.TenantId,
            CommunityId = row.CommunityId,
            WorkflowId = row.Id,
            Version = (row.PublishedVersion ?? 0) + 1,
            Definition = row.Draft,
            CreatedBy = publisher,
            CreatedAt = now,
        };
        db.Add(version);
        row.Status = WorkflowStatus.Active;
        row.Revision++;
        row.PublishedRevision = row.Revision;
        row.PublishedVersionId = version.Id;
        row.PublishedVersion = version.Version;
        row.PublishedAt = now;
        row.UpdatedAt = now;
        return version.Id;
    }

    private static async Task ReplaceTriggersAsync(AppDb db, WorkflowRow row, WorkflowVersionId version, WorkflowDefinition definition, CancellationToken ct)
    {
        await db.Set<TriggerRow>().Where(trigger => trigger.WorkflowId == row.Id).ExecuteDeleteAsync(ct);
        foreach (var node in definition.Nodes.Where(node => node.Type is NodeTypes.TriggerCommand or NodeTypes.TriggerEvent && node.Enabled))
        {
            db.Add(new TriggerRow
            {
                WorkflowId = row.Id,
                NodeId = node.Id.Value,
                TenantId = row.TenantId,
                CommunityId = row.CommunityId,
                EntityId = row.EntityId,
                Kind = node.Type == NodeTypes.TriggerEvent ? "event" : "command",
                Key = node.Type == NodeTypes.TriggerEvent ? node.Config.GetProperty("event_type").GetString() : null,
                VersionId = version,
                Config = System.Text.Encoding.UTF8.GetBytes(node.Config.GetRawText()),
            });
        }
    }
}

/// <summary>A workflow that was published.</summary>
/// <param name="NewWebhooks">Webhooks made by it, and those that got a signing secret: shown with it this once.</param>
/// <param name="Warnings">What validation found odd.</param>
public sealed record PublishedWorkflowDetails(WorkflowSummary Workflow, IReadOnlyList<WebhookDetails> NewWebhooks, IReadOnlyList<ValidationWarning> Warnings);
