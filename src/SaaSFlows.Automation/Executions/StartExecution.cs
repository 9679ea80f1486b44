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
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>The one way to start an execution. When it answers with one, it is on disk.</summary>
public sealed class StartExecution(
    PublishedWorkflows published,
    WorkflowAccess access,
    VersionGraphs graphs,
    FindExecutions find,
    EnvironmentCapture environment,
    Licence licence,
    Intake intake,
    ExecutionWorker worker,
    EngineLimits limits,
    ICrashProbe probe,
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

    // A publish or a licence change between our look and the accept makes it say so; more than a few in a row is a storm.
    private const int MaxTries = 5;
    private const int MaxEventKey = 255;

    /// <summary>How long a second delivery of an event is known.</summary>
    internal static readonly TimeSpan KeepEventKeys = TimeSpan.FromDays(7);

    /// <summary>Starts a workflow for a caller.</summary>
    /// <param name="triggerNode">Null: the manual trigger, else the only one.</param>
    /// <param name="variables">A JSON object or undefined.</param>
    /// <param name="metadata">A JSON object or undefined.</param>
    /// <param name="idempotencyKey">A second call with the same key and body answers with the first execution; null for none.</param>
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

    /// <param name="sent">What a second call with the same key must have sent too.</param>
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

    // Decided from what is in memory, as long as the feed of changed rights says nothing against it.
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
            if (!prepared.IsOk(out var start, out var refused))
            {
                return refused;
            }

            if (await AcceptAsync(request, start) is { } answer)
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
        var answer = await AcceptAsync(
            request,
            new Start(workflow, workflow.Version!.Value, trigger, graph.Definition.Settings, default, variables, Env: default, Place: default)
        );
        if (answer is { } given && given.IsOk(out _, out _))
        {
            throw new InvalidOperationException("A rehearsal was accepted.");
        }
    }

    private async Task<Result<Start>> PrepareAsync(StartRequest request, bool fresh, CancellationToken ct)
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

        // What is done again was taken the first time.
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
        return graph.Environment.TryGive(env, request.Variables, out var variables, out var problem)
            ? new Start(workflow, version, trigger, graph.Definition.Settings, licensed.Match(epoch => epoch, _ => default), variables, env, place)
            : new AutomationError.BadInput(problem.Field, problem.Message);
    }

    /// <summary>Null: what was known is stale, look again.</summary>
    private async Task<Result<StartedExecution>?> AcceptAsync(StartRequest request, Start start)
    {
        var metadata = ExecutionTraces.Mark(request.Metadata);
        var now = JournalBodies.ToMicroseconds(time.GetUtcNow());
        var (workflow, version, trigger, settings, epoch, variables, env, place) = start;
        var execution = new ExecutionRef(
            new ExecutionId(Guid.CreateVersion7(now)),
            workflow.Tenant,
            workflow.Community,
            workflow.Entity,
            workflow.Id
        );
        var (verdict, transition) = await AcceptAsync(
            new AcceptRequest(
                execution,
                version,
                epoch.Value,
                request.Trigger,
                trigger,
                request.Webhook,
                request.StartedBy,
                request.Input.ToUtf8(),
                metadata.ValueKind == JsonValueKind.Object ? metadata.ToUtf8() : default,
                request.Retry is { } retry
                    ? retry.Started with
                    {
                        At = now,
                    }
                    : JournalBodies.Started(trigger, request.Input, variables, env, metadata, now, place),
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
            }
        );
        return verdict.Match<Result<StartedExecution>?>(
            accepted => new StartedExecution(
                execution.Id,
                workflow.Id,
                transition is null ? ExecutionStatus.Queued : ExecutionStatus.Running,
                now,
                false
            )
            {
                End = transition as ExecutionTransition.End,
                Rate = RateOf(accepted.Rate),
            },
            duplicate =>
                duplicate.SameBody
                    ? new StartedExecution(duplicate.First, workflow.Id, ExecutionStatus.Queued, now, true) { Rate = RateOf(duplicate.Rate) }
                    : new AutomationError.Conflict("event.body_differs", "This idempotency key was used before with another body."),
            _ => null,
            _ => null,
            _ => new AutomationError.DoorClosed("webhook.disabled", "This webhook is switched off."),
            _ => new AutomationError.Conflict("tenant.closed", "This tenant is suspended."),
            _ => new AutomationError.Conflict("parent.ended", "The parent execution has ended."),
            _ => new AutomationError.Conflict("workflow.too_deep", "Workflows call each other at most 10 deep."),
            _ => new AutomationError.Conflict(
                "workflow.limit_reached",
                $"The workflow's concurrency limit of {settings.Concurrency?.Limit} is reached, and its policy refuses further executions."
            ),
            limited => new AutomationError.RateLimited(RateOf(limited.Rate)!.Value, limited.Rate.FreesAt - now)
        );
    }

    /// <summary>
    /// With a slot here, the execution runs first, up to what must not be lost, and is accepted by what is written then: one commit for those that
    /// end at once. Without, or if others of its workflow may have to end first, it is left to the queue (no transition). Nothing is promised while
    /// it waits for a slot.
    /// </summary>
    private async Task<(AcceptVerdict Verdict, ExecutionTransition? Transition)> AcceptAsync(AcceptRequest request)
    {
        var slot = request.Concurrency is null ? await worker.ReserveAsync(request.Execution.Tenant, request.Input.Length) : null;
        if (slot is null)
        {
            return (await StoreAsync(request), null);
        }

        AcceptVerdict? verdict = null;
        var transition = await slot.RunAsync(
            new ClaimedExecution(request.Execution, request.Version, Fence: 1, HeadSeq: 1, InboxSeq: 0),
            request.Started,
            async ran =>
            {
                verdict = await StoreAsync(request with { Lease = new AcceptLease(worker.Id, worker.Lease), Ran = ran });
                return verdict is AcceptVerdict.Accepted;
            }
        );
        return (verdict!, transition);
    }

    private async Task<AcceptVerdict> StoreAsync(AcceptRequest request)
    {
        // A caller who hangs up now must not leave an accepted execution waiting for the end of its lease.
        var verdict = await intake.AcceptAsync(request, CancellationToken.None);
        if (verdict is AcceptVerdict.Accepted accepted)
        {
            probe.Reached(CrashPoint.AfterAccept);
            foreach (var older in accepted.AskedToCancel)
            {
                worker.FactsArrived(older);
            }
        }

        return verdict;
    }

    // The first execution as it stands now. One that is not kept any more is still the answer.
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

    private sealed record Start(
        PublishedWorkflow Workflow,
        WorkflowVersionId Version,
        NodeId Trigger,
        WorkflowSettings Settings,
        LicenceEpoch Epoch,
        JsonElement Variables,
        JsonElement Env,
        JsonElement Place
    );
}
