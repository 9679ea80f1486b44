using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Access.Licensing;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Automation.Executions.Internal;
using SaaSFlows.Automation.Outside;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Variables;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Starts executions, for every trigger. A returned execution is stored.</summary>
public sealed class StartExecution(
    PublishedWorkflows published,
    WorkflowAccess access,
    VersionGraphs graphs,
    FindExecutions find,
    EnvironmentCapture environment,
    Licence licence,
    ExecutionWorker worker,
    EngineLimits limits,
    TenantDatabase database,
    AuditLog audit,
    TimeProvider time
)
{
    internal static readonly AutomationError Archived = new AutomationError.Conflict(
        "workflow.archived",
        "The workflow is archived, so nothing can start it. Restore it first."
    );

    internal static readonly AutomationError NotPublished = new AutomationError.Conflict(
        "workflow.not_published",
        "The workflow is not published, so nothing can start it."
    );

    // The accept statement refuses if a publish or a licence change came in between. More than a few refusals in a row are an error.
    private const int MaxTries = 5;
    private const int MaxEventKey = 255;

    /// <summary>The time for which event keys are kept.</summary>
    internal static readonly TimeSpan KeepEventKeys = TimeSpan.FromDays(7);

    /// <summary>Starts a workflow for a caller.</summary>
    /// <param name="triggerNode">Null: the manual trigger, else the only one.</param>
    /// <param name="variables">A JSON object or undefined.</param>
    /// <param name="metadata">A JSON object or undefined.</param>
    /// <param name="idempotencyKey">A second call with the same key and body returns the first execution; null for none.</param>
    public Task<Result<StartedExecution>> ForCallerAsync(
        Caller caller,
        WorkflowId id,
        string? triggerNode,
        JsonElement variables,
        JsonElement metadata,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        var input = variables.ValueKind == JsonValueKind.Object ? variables : JsonElement.Parse("{}");
        return ForCallerAsync(
            caller,
            new StartRequest(caller.TenantId, id, "manual", triggerNode, input, variables, metadata, null, caller.UserId, null),
            input,
            idempotencyKey,
            ct
        );
    }

    /// <param name="sent">The body that a second call with the same key must repeat.</param>
    internal async Task<Result<StartedExecution>> ForCallerAsync(
        Caller caller,
        StartRequest request,
        JsonElement sent,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        var (id, triggerNode) = (request.Workflow, request.TriggerNode);
        if (await RefusalAsync(caller, id, ct) is { } refused)
        {
            return refused;
        }

        var key = idempotencyKey is null
            ? null
            : new EventKey(
                id.Value,
                idempotencyKey,
                SHA256.HashData(Encoding.UTF8.GetBytes($"{triggerNode}\n{sent.GetRawText()}\n{Text(request.Metadata)}")),
                KeepEventKeys
            );
        var result = await RunAsync(request with { Event = key }, ct);
        if (result.IsOk(out var started, out _) && !started.IsRepeat)
        {
            await audit.WriteAsync(database, caller, AuditActions.ExecutionStarted, started.Id, new { workflow_id = id, triggerNode });
        }

        return result;
    }

    // Decided from memory, unless the feed of changed rights has a change.
    internal async ValueTask<AutomationError?> RefusalAsync(Caller caller, WorkflowId id, CancellationToken ct)
    {
        var workflow = await published.FindAsync(caller.TenantId, id, fresh: false, ct);
        if (workflow is not null && !access.IsCurrent(id, workflow.ReadAt))
        {
            workflow = await published.FindAsync(caller.TenantId, id, fresh: true, ct);
        }

        if (workflow is null || !caller.Scope().Communities.Contains(workflow.Community))
        {
            return new AutomationError.NotFound("workflow");
        }

        var rights = workflow.IsRestricted ? await access.OfAsync(caller, id, ct) : WorkflowRights.All;
        return !rights.HasFlag(WorkflowRights.View) ? new AutomationError.NotFound("workflow")
            : !caller.May(Permission.ExecuteWorkflows, workflow.Community) ? new AutomationError.Forbidden(Permission.ExecuteWorkflows)
            : rights.HasFlag(WorkflowRights.Execute) ? null
            : new AutomationError.Forbidden(WorkflowRights.Execute);
    }

    internal async Task<Result<StartedExecution>> RunAsync(StartRequest request, CancellationToken ct)
    {
        if (request.Event is { } named && (named.Key.Length is 0 or > MaxEventKey || named.Key.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            return new AutomationError.BadInput("Idempotency-Key", $"must be 1 to {MaxEventKey} visible ASCII characters.");
        }

        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            var prepared = await PrepareAsync(request, fresh: attempt > 1, ct);
            if (!prepared.IsOk(out var execution, out var refused))
            {
                return refused;
            }

            if (await AcceptAsync(execution) is { } answer)
            {
                return answer.IsOk(out var started, out _) && started.IsRepeat ? await FirstAsync(request.Tenant, started, ct) : answer;
            }

            licence.Forget(request.Tenant);
        }

        return new AutomationError.Busy("workflow.changing", "The workflow is being changed right now. Try again in a moment.");
    }

    /// <summary>Runs an execution of a tenant that does not exist, up to the refusal of its acceptance.</summary>
    internal async Task RehearseAsync(PublishedWorkflow workflow, StartRequest request)
    {
        var graph = workflow.Graph!;
        var trigger = TriggerNodes.ForStart(graph.Triggers, request.TriggerNode)!.Value;
        graph.Environment.TryGive(default, request.Variables, out var variables, out _);
        var started = JournalBodies.Started(trigger, request.Input, variables, env: default, request.Metadata, time.GetUtcNow());
        var answer = await AcceptAsync(New(request, workflow, workflow.Version!.Value, graph.Definition.Settings, default, started));
        if (answer is { } given && given.IsOk(out _, out _))
        {
            throw new InvalidOperationException("A rehearsal was accepted.");
        }
    }

    private async Task<Result<NewExecution>> PrepareAsync(StartRequest request, bool fresh, CancellationToken ct)
    {
        if (await published.FindAsync(request.Tenant, request.Workflow, fresh, ct) is not { } workflow)
        {
            return new AutomationError.NotFound("workflow");
        }

        if (workflow.Status == WorkflowStatus.Archived)
        {
            return Archived;
        }

        if (workflow is not { Status: WorkflowStatus.Active, Graph: { } graph, Version: { } newest })
        {
            return NotPublished;
        }

        if (workflow.Paused)
        {
            return new AutomationError.Conflict("workflow.paused", "The workflow is paused.");
        }

        var licensed = await licence.MayDoAsync(request.Tenant, request.OfFailure ? LicensedAction.ExecuteUncounted : LicensedAction.Execute, ct);
        if (LicenceRefusals.Of(licensed) is { } refused)
        {
            return refused;
        }

        var version = request.Retry?.Version ?? newest;
        if (version != newest)
        {
            graph =
                await graphs.FindAsync(request.Tenant, version, ct)
                ?? throw new InvalidOperationException($"The version {version} of an execution is missing.");
        }

        if ((request.Retry?.Started.Node ?? TriggerNodes.ForStart(graph.Triggers, request.TriggerNode)) is not { } trigger)
        {
            return new AutomationError.BadInput("trigger_node", TriggerNodes.Explain(graph.Triggers, request.TriggerNode));
        }

        // The input of a retry was checked the first time.
        if (request.Retry is null && TriggerInputs.Refusal(request.Input, graph.Triggers, trigger, limits) is { } unfit)
        {
            return unfit;
        }

        var env = request.Retry is null ? await environment.ReadAsync(request.Tenant, workflow.Community, graph.Environment.Names, ct) : default;
        if (env.ValueKind == JsonValueKind.Object && JsonMarshal.GetRawUtf8Value(env).Length is var captured && captured > limits.EnvironmentBytes)
        {
            return new AutomationError.BadInput(
                "env",
                $"The global variables that the workflow names have {captured:N0} bytes; the limit is {limits.EnvironmentBytes:N0}."
            );
        }

        var place = request.Retry is null
            ? await environment.PlaceAsync(request.Tenant, workflow.Community, workflow.Id, graph.Environment.Places, ct)
            : default;
        if (!graph.Environment.TryGive(env, request.Variables, out var variables, out var problem))
        {
            return new AutomationError.BadInput(problem.Field, problem.Message);
        }

        request = request with { Metadata = ExecutionTraces.Mark(request.Metadata) };
        var now = JournalBodies.ToMicroseconds(time.GetUtcNow());
        var started = request.Retry is { } retry
            ? retry.Started with
            {
                At = now,
            }
            : JournalBodies.Started(trigger, request.Input, variables, env, request.Metadata, now, place);
        return New(request, workflow, version, graph.Definition.Settings, licensed.Match(epoch => epoch, _ => default), started);
    }

    private static NewExecution New(
        StartRequest request,
        PublishedWorkflow workflow,
        WorkflowVersionId version,
        WorkflowSettings settings,
        LicenceEpoch epoch,
        JournalEvent started
    ) =>
        new(
            new ExecutionRef(new(Guid.CreateVersion7(started.At)), workflow.Tenant, workflow.Community, workflow.Entity, workflow.Id),
            version,
            epoch.Value,
            request.Trigger,
            started.Node!.Value,
            request.Webhook,
            request.StartedBy,
            request.Input.ToUtf8(),
            request.Metadata.ValueKind == JsonValueKind.Object ? request.Metadata.ToUtf8() : default,
            started,
            request.Event,
            Lease: null
        )
        {
            WebhookRevision = request.WebhookRevision,
            Parent = request.Parent,
            Retry = request.Retry?.Link,
            OnEnd = settings.OnFailure is null ? EndingFlags.None : EndingFlags.StartOnFailure,
            OfFailure = request.OfFailure || request.Retry is { OfFailure: true },
            Counted = !request.OfFailure,
            AnyVersion = request.Retry?.Version is not null,
            Concurrency = settings.Concurrency,
        };

    /// <summary>Null means that the cached data was stale and must be read again.</summary>
    private async Task<Result<StartedExecution>?> AcceptAsync(NewExecution execution)
    {
        var (verdict, transition) = await worker.AcceptAsync(execution);
        var (id, workflow, now) = (execution.Ref.Id, execution.Ref.Workflow, execution.Started.At);
        return verdict switch
        {
            AcceptVerdict.Accepted accepted => new StartedExecution(
                id,
                workflow,
                transition is null ? ExecutionStatus.Queued : ExecutionStatus.Running,
                now,
                false
            )
            {
                End = transition as ExecutionTransition.End,
                Rate = RateOf(accepted.Rate),
            },
            AcceptVerdict.Duplicate { SameBody: true } known => new StartedExecution(known.First, workflow, ExecutionStatus.Queued, now, true)
            {
                Rate = RateOf(known.Rate),
            },
            AcceptVerdict.StaleVersion or AcceptVerdict.WorkflowClosed => null,
            _ => Refusal(verdict, execution),
        };
    }

    private static AutomationError Refusal(AcceptVerdict verdict, NewExecution execution) =>
        verdict switch
        {
            AcceptVerdict.Duplicate => new AutomationError.Conflict("event.body_differs", "This idempotency key was used before with another body."),
            AcceptVerdict.WebhookDisabled => new AutomationError.WebhookRefused("webhook.disabled", "This webhook is switched off."),
            AcceptVerdict.TenantClosed => new AutomationError.Conflict("tenant.closed", "This tenant is suspended."),
            AcceptVerdict.ParentEnded => new AutomationError.Conflict("parent.ended", "The parent execution has ended."),
            AcceptVerdict.TooDeep => new AutomationError.Conflict("workflow.too_deep", "Workflows call each other at most 10 deep."),
            AcceptVerdict.LimitReached => new AutomationError.Conflict(
                "workflow.limit_reached",
                $"The workflow's concurrency limit of {execution.Concurrency?.Limit} is reached, and its policy refuses further executions."
            ),
            AcceptVerdict.RateLimited limited => new AutomationError.RateLimited(
                RateOf(limited.Rate)!.Value,
                limited.Rate.FreesAt - execution.Started.At
            ),
            _ => throw new UnreachableException($"{verdict} is not known."),
        };

    // The first execution with its current status. A deleted one is still the answer.
    private async Task<Result<StartedExecution>> FirstAsync(TenantId tenant, StartedExecution repeat, CancellationToken ct) =>
        await find.StandingAsync(new TenantScope(tenant, CommunityScope.All), repeat.Id, ct) is var (status, startedAt)
            ? repeat with
            {
                Status = status,
                StartedAt = startedAt,
            }
            : repeat;

    private static WebhookRate? RateOf(RateStanding? standing) => standing is { } rate ? new(rate.Limit, rate.Left, rate.FreesAt) : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText();
}
