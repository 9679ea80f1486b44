using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Makes an immutable version of the draft and puts it into use.</summary>
public sealed class PublishWorkflow(
    TenantDatabase database,
    ActivityCatalogue catalogue,
    GraphValidator validator,
    Licence licence,
    WebhookStore store,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>When this returns, the version is live for every process, because each start checks the published version again.</summary>
    public async Task<Result<PublishedWorkflowDetails>> RunAsync(Caller caller, WorkflowId id, CancellationToken ct)
    {
        if (LicenceRefusals.Of(await licence.MayDoAsync(caller.TenantId, LicensedAction.PublishWorkflow, ct)) is { } refused)
        {
            return refused;
        }

        try
        {
            using var sealer = await store.SealerAsync(caller.TenantId, ct);
            var published = await database.RunAsync(caller.Scope(), (db, cancel) => PublishAsync(db, caller, id, sealer, cancel), ct);
            return published.IsOk(out var made, out var denied) ? await ShownAsync(made, ct) : denied;
        }
        catch (Exception e) when (e.IsRace())
        {
            // If two publishes read the same revision, the second one fails.
            return StoredDrafts.Stale;
        }
    }

    private async Task<Result<Published>> PublishAsync(AppDb db, Caller caller, WorkflowId id, Sealer sealer, CancellationToken ct)
    {
        var row = await db.Set<WorkflowRow>().SingleOrDefaultAsync(workflow => workflow.Id == id, ct);
        if (row is null)
        {
            return new AutomationError.NotFound("workflow");
        }

        if (await db.RefuseAsync(caller, row, Permission.PublishWorkflows, WorkflowRights.Edit, ct) is { } denied)
        {
            return denied;
        }

        if (row.Status == WorkflowStatus.Archived)
        {
            return new AutomationError.Conflict("workflow.archived", "An archived workflow can't be published.");
        }

        var definition = WorkflowDefinition.Read(row.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
        var report = await WorkflowReferences.AddToAsync(db, validator.Validate(definition), definition, row.CommunityId, ct);
        if (!report.IsValid)
        {
            return new AutomationError.InvalidWorkflow(report);
        }

        if (await WrongFailureWorkflowAsync(db, row, definition, ct) is { } wrong)
        {
            return wrong;
        }

        var before = row.State();
        var version = AddVersion(db, row, caller.UserId, time.GetUtcNow());
        // This comes first, so that the second of two publishes of one revision fails here as a whole.
        await db.SaveChangesAsync(ct);
        await PublishedTriggers.ReplaceAsync(db, row, version, definition, ct);
        var shown = await store.FitAsync(db, row, definition, sealer, ct);
        await db.SaveChangesAsync(ct);
        await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowPublished, before, row.State()), ct);
        await audit.WriteWebhooksAsync(db, caller, shown, ct);
        return new Published(row.ToSummary(), shown, report.Warnings);
    }

    private static async Task<AutomationError?> WrongFailureWorkflowAsync(
        AppDb db,
        WorkflowRow row,
        WorkflowDefinition definition,
        CancellationToken ct
    ) =>
        definition.Settings.OnFailure is { } name
        && (
            await FailureWorkflows.FindAsync(db, name, row.CommunityId, row.Id, ct) is not { } keeper
            || !(await WorkflowAccess.OfAsync(db.Database.GetDbConnection(), keeper, ct)).HasFlag(WorkflowRights.Execute)
        )
            ? new AutomationError.BadInput(
                "settings.on_failure",
                $"must name another workflow of this community that is not archived and that you may execute, not '{name}'."
            )
            : null;

    private async Task<PublishedWorkflowDetails> ShownAsync(Published published, CancellationToken ct)
    {
        var webhooks = new List<WebhookDetails>(published.Webhooks.Count);
        foreach (var webhook in published.Webhooks)
        {
            webhooks.Add(await store.ToDetailsAsync(webhook, ct));
        }

        return new PublishedWorkflowDetails(published.Workflow, webhooks, published.Warnings);
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

    private sealed record Published(WorkflowSummary Workflow, IReadOnlyList<ShownWebhook> Webhooks, IReadOnlyList<ValidationWarning> Warnings);
}

/// <summary>A published workflow.</summary>
/// <param name="NewWebhooks">The created webhooks and those that got a signing secret, which is shown only this once.</param>
/// <param name="Warnings">The warnings of the validation.</param>
public sealed record PublishedWorkflowDetails(
    WorkflowSummary Workflow,
    IReadOnlyList<WebhookDetails> NewWebhooks,
    IReadOnlyList<ValidationWarning> Warnings
);
