using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>Creates, lists, changes and deletes the webhooks of a workflow.</summary>
public sealed class ManageWebhooks(TenantDatabase database, ActivityCatalogue catalogue, WebhookStore store, WebhookOptions options, AuditLog audit)
{
    /// <param name="node">The trigger node that it starts; null: the only webhook trigger, else the first trigger of the draft.</param>
    public async Task<Result<WebhookDetails>> CreateAsync(Caller caller, WorkflowId id, string? node, WebhookInput input, CancellationToken ct)
    {
        var errors = Check(input, isNew: true);
        if (errors.Count > 0)
        {
            return new AutomationError.BadInput(errors);
        }

        using var sealer = await store.SealerAsync(caller.TenantId, ct);
        var made = await database.RunAsync(caller.Scope(), (db, cancel) => MakeAsync(db, caller, id, node, input, sealer, cancel), ct);
        return made.IsOk(out var shown, out var refused) ? await store.ToDetailsAsync(shown, ct) : refused;
    }

    private async Task<Result<ShownWebhook>> MakeAsync(
        AppDb db,
        Caller caller,
        WorkflowId id,
        string? node,
        WebhookInput input,
        Sealer sealer,
        CancellationToken ct
    )
    {
        var workflow = await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        if (workflow is null)
        {
            return new AutomationError.NotFound("workflow");
        }

        if (await db.RefuseAsync(caller, workflow, Permission.ManageWebhooks, WorkflowRights.Edit, ct) is { } denied)
        {
            return denied;
        }

        if (workflow.Status == WorkflowStatus.Archived)
        {
            return new AutomationError.Conflict("workflow.archived", "An archived workflow can't get a webhook.");
        }

        var definition = WorkflowDefinition.Read(workflow.Draft, catalogue).Match(read => read, StoredDrafts.Broken);
        if (TriggerNodes.ForWebhook(definition, catalogue, node) is not { } trigger)
        {
            return new AutomationError.BadInput(
                "trigger_node",
                node is null ? "is needed: the workflow has no trigger node yet." : $"'{node}' is not a trigger node of this workflow."
            );
        }

        var shown = store.Make(workflow, trigger, input, sealer);
        db.Add(shown.Row);
        await db.SaveChangesAsync(ct);
        await audit.WriteAsync(db, shown.Row.Entry(caller, AuditActions.WebhookCreated, null, shown.Row.State()), ct);
        return shown;
    }

    /// <summary>Lists the webhooks, the oldest first.</summary>
    public async Task<Result<Page<WebhookDetails>>> ListAsync(Caller caller, WorkflowId id, PageRequest page, CancellationToken ct)
    {
        var found = await database.RunAsync<Result<(List<WebhookRow> Rows, Dictionary<Guid, WebhookUse> Uses, long Total)>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (!await db.Set<WorkflowRow>().AnyAsync(row => row.Id == id, cancel))
                {
                    return new AutomationError.NotFound("workflow");
                }

                var all = db.Set<WebhookRow>().AsNoTracking().Where(row => row.WorkflowId == id);
                var rows = await all.OrderBy(row => row.CreatedAt).ThenBy(row => row.Id).Skip(page.Skip).Take(page.Size).ToListAsync(cancel);
                return (rows, await UsesAsync(db, id, cancel), await all.LongCountAsync(cancel));
            },
            ct
        );
        if (!found.IsOk(out var webhooks, out var refused))
        {
            return refused;
        }

        var list = new List<WebhookDetails>(webhooks.Rows.Count);
        foreach (var row in webhooks.Rows)
        {
            list.Add(await ShownAsync(new ShownWebhook(row, null, null), webhooks.Uses, ct));
        }

        return new Page<WebhookDetails>(list, page, webhooks.Total);
    }

    public async Task<Result<WebhookDetails>> GetAsync(Caller caller, WorkflowId id, WebhookId webhook, CancellationToken ct)
    {
        var found = await database.RunAsync<Result<(WebhookRow Row, Dictionary<Guid, WebhookUse> Uses)>>(
            caller.Scope(),
            async (db, cancel) =>
                (await FindAsync(db, caller, id, webhook, cancel)).IsOk(out var row, out var refused)
                    ? (row, await UsesAsync(db, id, cancel))
                    : refused,
            ct
        );
        return found.IsOk(out var shown, out var refusal) ? await ShownAsync(new ShownWebhook(shown.Row, null, null), shown.Uses, ct) : refusal;
    }

    /// <summary>Changes a webhook. The new rules apply to each later delivery in every process.</summary>
    public Task<Result<WebhookDetails>> UpdateAsync(Caller caller, WorkflowId id, WebhookId webhook, WebhookInput input, CancellationToken ct)
    {
        var errors = Check(input, isNew: false);
        return errors.Count > 0
            ? Task.FromResult<Result<WebhookDetails>>(new AutomationError.BadInput(errors))
            : ChangeAsync(caller, id, webhook, (row, sealer) => WebhookStore.Change(row, input, sealer), ct);
    }

    /// <summary>Replaces the secret of a webhook that requires signatures, and returns the new one. The old secret becomes invalid.</summary>
    public Task<Result<WebhookDetails>> RotateSecretAsync(Caller caller, WorkflowId id, WebhookId webhook, CancellationToken ct) =>
        ChangeAsync(caller, id, webhook, (row, sealer) => row.RequireSignature ? WebhookStore.RequireSignature(row, sealer) : null, ct);

    /// <summary>Deletes a webhook. When this returns, it is gone for every process, because each delivery checks its row again.</summary>
    public Task<Result<WebhookId>> DeleteAsync(Caller caller, WorkflowId id, WebhookId webhook, CancellationToken ct) =>
        database.RunAsync<Result<WebhookId>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (!(await FindAsync(db, caller, id, webhook, cancel)).IsOk(out var row, out var refused))
                {
                    return refused;
                }

                db.Remove(row);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(db, row.Entry(caller, AuditActions.WebhookDeleted, row.State(), null), cancel);
                return webhook;
            },
            ct
        );

    // Null means that there is nothing to change.
    private async Task<Result<WebhookDetails>> ChangeAsync(
        Caller caller,
        WorkflowId id,
        WebhookId webhook,
        Func<WebhookRow, Sealer, ShownWebhook?> change,
        CancellationToken ct
    )
    {
        using var sealer = await store.SealerAsync(caller.TenantId, ct);
        var changed = await database.RunAsync<Result<(ShownWebhook Webhook, Dictionary<Guid, WebhookUse> Uses)>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (!(await FindAsync(db, caller, id, webhook, cancel)).IsOk(out var row, out var refused))
                {
                    return refused;
                }

                var before = row.State();
                if (change(row, sealer) is not { } shown)
                {
                    return new AutomationError.Conflict("webhook.unsigned", "This webhook requires no signature, so it has no secret.");
                }

                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(db, row.Entry(caller, AuditActions.WebhookUpdated, before, row.State()), cancel);
                return (shown, await UsesAsync(db, id, cancel));
            },
            ct
        );
        return changed.IsOk(out var made, out var refusal) ? await ShownAsync(made.Webhook, made.Uses, ct) : refusal;
    }

    private static async Task<Result<WebhookRow>> FindAsync(AppDb db, Caller caller, WorkflowId id, WebhookId webhook, CancellationToken ct)
    {
        var row = await db.Set<WebhookRow>().SingleOrDefaultAsync(row => row.Id == webhook && row.WorkflowId == id, ct);
        var workflow = await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        return row is null || workflow is null ? new AutomationError.NotFound("webhook")
            : await db.RefuseAsync(caller, workflow, Permission.ManageWebhooks, WorkflowRights.Edit, ct) is { } denied ? denied
            : workflow.Status == WorkflowStatus.Archived
                ? new AutomationError.Conflict("workflow.archived", "The webhooks of an archived workflow can't be changed. Restore it first.")
            : row;
    }

    private static Task<Dictionary<Guid, WebhookUse>> UsesAsync(AppDb db, WorkflowId id, CancellationToken ct) =>
        db
            .Database.SqlQuery<WebhookUse>(
                $"""
                select c.webhook_id as "Webhook", c.total + coalesce(s.count, 0)::bigint as "Count", greatest(c.last_at, s.at) as "Last"
                from engine.webhook_counters c
                join automation.webhooks h on h.id = c.webhook_id
                cross join lateral (select sum(s.count) as count, max(s.at) as at from engine.webhook_starts s where s.webhook_id = c.webhook_id) s
                where h.workflow_id = {id.Value}
                """
            )
            .ToDictionaryAsync(use => use.Webhook, ct);

    private async Task<WebhookDetails> ShownAsync(ShownWebhook shown, Dictionary<Guid, WebhookUse> uses, CancellationToken ct)
    {
        var details = await store.ToDetailsAsync(shown, ct);
        return uses.TryGetValue(shown.Row.Id.Value, out var use) ? details with { LastTriggeredAt = use.Last, TriggerCount = use.Count } : details;
    }

    private Dictionary<string, string> Check(WebhookInput input, bool isNew)
    {
        var errors = WorkflowFields.Check(input.Name, input.Description, nameNeeded: isNew);
        Allowlist.Check(input.IpAllowlist ?? [], errors);
        if (input.RateLimitMax is { } most && (most < 1 || most > options.MaxRateLimit))
        {
            errors["rate_limit_max"] = $"must be 1 to {options.MaxRateLimit}.";
        }

        if (input.RateLimitWindow is { } window && (window < 1 || window > options.MaxRateLimitWindow.TotalSeconds))
        {
            errors["rate_limit_window"] = $"must be 1 to {options.MaxRateLimitWindow.TotalSeconds} (seconds).";
        }

        return errors;
    }

    private sealed record WebhookUse(Guid Webhook, long Count, DateTimeOffset? Last);
}
