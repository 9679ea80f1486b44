using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Automation.Workflows.Webhooks;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Automation.Workflows;

/// <summary>
/// Puts an archived workflow back as it was: a published version is live again (paused if it was paused), and its webhooks keep their addresses.
/// </summary>
public sealed class RestoreWorkflow(
    TenantDatabase database,
    ActivityCatalogue catalogue,
    Licence licence,
    WebhookStore store,
    AuditLog audit,
    TimeProvider time
)
{
    /// <summary>Restores the workflow. It counts against the licence like a new one. Restoring a workflow that is not archived is no error.</summary>
    public async Task<Result<RestoredWorkflowDetails>> RunAsync(Caller caller, WorkflowId id, CancellationToken ct)
    {
        using var sealer = await store.SealerAsync(caller.TenantId, ct);
        var restored = await database.RunAsync(caller.Scope(), (db, cancel) => RestoreAsync(db, caller, id, sealer, cancel), ct);
        return restored.IsOk(out var made, out var denied) ? await ShownAsync(made, ct) : denied;
    }

    private async Task<Result<Restored>> RestoreAsync(AppDb db, Caller caller, WorkflowId id, Sealer sealer, CancellationToken ct)
    {
        var row = await db.HoldWorkflowAsync(id, ct);
        if (row is null)
        {
            return new AutomationError.NotFound("workflow");
        }

        var (_, permission, right) = WorkflowActions.Restore(row);
        if (await db.RefuseAsync(caller, row, permission, right, ct) is { } denied)
        {
            return denied;
        }

        if (row.Status != WorkflowStatus.Archived)
        {
            return new Restored(row.ToSummary(), []);
        }

        if (LicenceRefusals.Of(await licence.AdmitNewWorkflowAsync(db.Database.GetDbConnection(), caller.TenantId, ct)) is { } refused)
        {
            return refused;
        }

        var before = row.State();
        row.Status = row.PublishedVersionId is null ? WorkflowStatus.Draft : WorkflowStatus.Active;
        row.NextRevisionOfSameDraft();
        row.UpdatedAt = time.GetUtcNow();
        await db.SaveChangesAsync(ct);
        await audit.WriteAsync(db, row.Entry(caller, AuditActions.WorkflowRestored, before, row.State()), ct);
        return new Restored(row.ToSummary(), await OpenAsync(db, caller, row, sealer, ct));
    }

    /// <summary>Makes the published version live again. Returns the webhooks with something to show, as after publishing.</summary>
    private async Task<IReadOnlyList<ShownWebhook>> OpenAsync(AppDb db, Caller caller, WorkflowRow row, Sealer sealer, CancellationToken ct)
    {
        if (row.PublishedVersionId is not { } version)
        {
            return [];
        }

        var published = await db.Set<WorkflowVersionRow>().Where(stored => stored.Id == version).Select(stored => stored.Definition).SingleAsync(ct);
        var definition = WorkflowDefinition.Read(published, catalogue).Match(read => read, StoredDrafts.Broken);
        await PublishedTriggers.ReplaceAsync(db, row, version, definition, ct);
        // Earlier releases deleted webhooks when they archived a workflow. These get new addresses.
        var shown = await store.FitAsync(db, row, definition, sealer, ct);
        await db.SaveChangesAsync(ct);
        await audit.WriteWebhooksAsync(db, caller, shown, ct);
        return shown;
    }

    private async Task<RestoredWorkflowDetails> ShownAsync(Restored restored, CancellationToken ct)
    {
        var webhooks = new List<WebhookDetails>(restored.Webhooks.Count);
        foreach (var webhook in restored.Webhooks)
        {
            webhooks.Add(await store.ToDetailsAsync(webhook, ct));
        }

        return new RestoredWorkflowDetails(restored.Workflow, webhooks);
    }

    private sealed record Restored(WorkflowSummary Workflow, IReadOnlyList<ShownWebhook> Webhooks);
}

/// <summary>A restored workflow.</summary>
/// <param name="NewWebhooks">The created webhooks and those that got a signing secret, which is shown only this once.</param>
public sealed record RestoredWorkflowDetails(WorkflowSummary Workflow, IReadOnlyList<WebhookDetails> NewWebhooks);
