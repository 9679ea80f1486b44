using System.Net;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Automation.Webhooks.Internal;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Webhooks;

/// <summary>Makes, lists and removes the doors of a workflow.</summary>
public sealed class ManageWebhooks(TenantDatabase database, ActivityCatalogue catalogue, WebhookDoors doors, AuditLog audit)
{
    private const int MaxAllowlist = 100;

    // A busy webhook has started millions.
    private const int MaxCounted = 10_000;

    /// <param name="node">The trigger node that it starts; null: the only webhook trigger, else the first trigger of the draft.</param>
    /// <param name="ipAllowlist">Addresses or networks (CIDR) that may call; empty for all.</param>
    public Task<Result<WebhookDetails>> CreateAsync(
        Caller caller, WorkflowId id, string? name, string? description, string? node, bool requireSignature, IReadOnlyList<string> ipAllowlist, CancellationToken ct)
    {
        var errors = Check(name, description, ipAllowlist);
        return errors.Count > 0
            ? Task.FromResult<Result<WebhookDetails>>(new AutomationError.BadInput(errors))
            : database.RunAsync<Result<WebhookDetails>>(caller.Scope(), async (db, cancel) =>
            {
                var workflow = await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
                if (workflow is null)
                {
                    return new AutomationError.NotFound("workflow");
                }

                if (await db.RefuseAsync(caller, workflow, Permission.ManageWebhooks, WorkflowRights.Edit, cancel) is { } denied)
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
                        "trigger_node", node is null ? "is needed: the workflow has no trigger node yet." : $"'{node}' is no trigger node of this workflow.");
                }

                var door = await doors.MakeAsync(workflow, trigger, new WebhookSettings(name!.Trim(), description ?? string.Empty, requireSignature, ipAllowlist), cancel);
                db.Add(door.Row);
                await db.SaveChangesAsync(cancel);
                await audit.WriteAsync(db, door.Row.Entry(caller, AuditActions.WebhookCreated, null, door.Row.State()), cancel);
                return door.ToDetails();
            }, ct);
    }

    public Task<Result<IReadOnlyList<WebhookDetails>>> ListAsync(Caller caller, WorkflowId id, CancellationToken ct) =>
        database.RunAsync<Result<IReadOnlyList<WebhookDetails>>>(caller.Scope(), async (db, cancel) =>
        {
            if (!await db.Set<WorkflowRow>().AnyAsync(row => row.Id == id, cancel))
            {
                return new AutomationError.NotFound("workflow");
            }

            var rows = await db.Set<WebhookRow>().AsNoTracking().Where(row => row.WorkflowId == id).OrderBy(row => row.CreatedAt).ToListAsync(cancel);
            var list = new List<WebhookDetails>(rows.Count);
            foreach (var row in rows)
            {
                var use = await db.Database
                    .SqlQuery<WebhookUse>($"""
                        select count(*) as "Count", max(created_at) as "Last"
                        from (select created_at from engine.executions where webhook_id = {row.Id.Value} order by id desc limit {MaxCounted}) e
                        """)
                    .SingleAsync(cancel);
                var door = new NewDoor(row, await doors.OpenTokenAsync(row, cancel), null);
                list.Add(door.ToDetails() with { LastTriggeredAt = use.Last, TriggerCount = use.Count });
            }

            return list;
        }, ct);

    /// <summary>The door is gone for every process when this returns: each delivery re-checks its row.</summary>
    public Task<Result<WebhookId>> DeleteAsync(Caller caller, WorkflowId id, WebhookId webhook, CancellationToken ct) =>
        database.RunAsync<Result<WebhookId>>(caller.Scope(), async (db, cancel) =>
        {
            var row = await db.Set<WebhookRow>().SingleOrDefaultAsync(row => row.Id == webhook && row.WorkflowId == id, cancel);
            var workflow = await db.Set<WorkflowRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
            if (row is null || workflow is null)
            {
                return new AutomationError.NotFound("webhook");
            }

            if (await db.RefuseAsync(caller, workflow, Permission.ManageWebhooks, WorkflowRights.Edit, cancel) is { } denied)
            {
                return denied;
            }

            db.Remove(row);
            await db.SaveChangesAsync(cancel);
            await audit.WriteAsync(db, row.Entry(caller, AuditActions.WebhookDeleted, row.State(), null), cancel);
            return webhook;
        }, ct);

    private static Dictionary<string, string> Check(string? name, string? description, IReadOnlyList<string> ipAllowlist)
    {
        var errors = WorkflowFields.Check(name, description, nameNeeded: true);
        if (ipAllowlist.Count > MaxAllowlist)
        {
            errors["ip_allowlist"] = $"has more than {MaxAllowlist} entries.";
        }
        else if (ipAllowlist.FirstOrDefault(entry => !IPAddress.TryParse(entry, out _) && !IPNetwork.TryParse(entry, out _)) is { } wrong)
        {
            errors["ip_allowlist"] = $"'{wrong}' is neither an IP address nor a network such as 192.168.1.0/24.";
        }

        return errors;
    }

    private sealed record WebhookUse(long Count, DateTimeOffset? Last);
}
