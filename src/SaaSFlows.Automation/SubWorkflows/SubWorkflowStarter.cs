using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Activities.SubWorkflows;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Outside;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>Starts children like any execution, limited to the workflows of the parent's community.</summary>
/// <param name="start">Resolved lazily: it depends on the worker, which depends on the catalogue of activities, which depends on this class.</param>
internal sealed class SubWorkflowStarter(
    TenantDatabase database,
    Func<StartExecution> start,
    ChildResults results,
    ExecutionTraces traces,
    TenantBacklog backlog,
    WorkerOptions worker
) : ISubWorkflows
{
    public async ValueTask<SubWorkflowStart> StartAsync(ExecutionRef parent, SubWorkflowCall call, CancellationToken ct)
    {
        if (await backlog.ReachesAsync(parent.Tenant, worker.MostWaitingPerTenant))
        {
            return new SubWorkflowStart.Failed(
                "workflow.too_many_waiting",
                $"{worker.MostWaitingPerTenant:N0} executions of this organisation wait to be run already; until there are fewer, workflows start "
                    + "no others.",
                Retryable: true
            );
        }

        if (await FindAsync(parent, call.Workflow, ct) is not { } workflow)
        {
            return new SubWorkflowStart.Failed(
                "workflow.not_found",
                $"The community has no workflow with the id or key '{call.Workflow}'.",
                Retryable: false
            );
        }

        using var span = await traces.StartAsync(parent, "start workflow", ActivityKind.Producer, ct);
        if (span is not null)
        {
            // An activity that an awaited method makes current ends with the method.
            Activity.Current = span;
        }

        // The key of the node run, so that all tries mean the same child.
        var key = new EventKey(
            parent.Id.Value,
            call.IdempotencyKey.Length <= 255
                ? call.IdempotencyKey
                : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(call.IdempotencyKey))),
            "child"u8.ToArray(),
            StartExecution.KeepEventKeys
        );
        var started = await start()
            .RunAsync(
                new StartRequest(parent.Tenant, workflow, "workflow", call.TriggerNode, call.Input, call.Input, default, null, null, key)
                {
                    Parent = new ParentLink(parent.Id, call.Bookmark),
                },
                ct
            );
        if (!started.IsOk(out var child, out var error))
        {
            return new SubWorkflowStart.Failed(error.Code, error.Message, Retryable: error is AutomationError.Busy);
        }

        return child.IsRepeat && call.Bookmark is { } bookmark && await results.MoveAsync(parent, child.Id, bookmark, ct) is { } result
            ? new SubWorkflowStart.Ended(result)
            : new SubWorkflowStart.Started(child.Id, workflow);
    }

    private async Task<WorkflowId?> FindAsync(ExecutionRef parent, string named, CancellationToken ct)
    {
        // The database does not accept such text, so no workflow has this key.
        if (named.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var id = Guid.TryParse(named, out var value) ? new WorkflowId(value) : (WorkflowId?)null;
        var found = await database.RunAsync(
            new TenantScope(parent.Tenant, CommunityScope.Of(parent.Community)),
            (db, cancel) =>
                db.Set<WorkflowRow>()
                    .AsNoTracking()
                    .Where(row => row.Id == id || row.Key == named)
                    .OrderByDescending(row => row.Id == id)
                    .Select(row => new { row.Id, row.IsRestricted })
                    .FirstOrDefaultAsync(cancel),
            ct
        );
        return found is { IsRestricted: true } && !await IsGrantedAsync(parent, found.Id, ct) ? null : found?.Id;
    }

    // A workflow starts others with the grants of its publisher. Otherwise everybody who can edit one workflow could start all.
    private async Task<bool> IsGrantedAsync(ExecutionRef parent, WorkflowId workflow, CancellationToken ct)
    {
        var scope = new TenantScope(parent.Tenant, CommunityScope.Of(parent.Community));
        var publisher = await database.RunAsync(
            scope,
            (db, cancel) =>
                db
                    .Database.SqlQuery<Guid?>(
                        $"""
                        select v.created_by as "Value" from engine.executions e join automation.workflow_versions v on v.id = e.version_id
                        where e.id = {parent.Id.Value}
                        """
                    )
                    .SingleOrDefaultAsync(cancel),
            ct
        );
        return publisher is { } person
            && (
                await database.RunAsync(
                    scope with
                    {
                        GrantedTo = new UserId(person),
                    },
                    (db, cancel) => WorkflowAccess.OfAsync(db.Database.GetDbConnection(), workflow, cancel),
                    ct
                )
            ).HasFlag(WorkflowRights.Execute);
    }
}
