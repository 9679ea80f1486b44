using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Reads the events of an aggregate again, to compute its state or to start a workflow with them.</summary>
public sealed class ReplayEvents
{
    private const int AtOnce = 500;
    private const int MostEvents = 10_000;

    private readonly TenantDatabase database;
    private readonly EventTriggers triggers;
    private readonly WorkflowNames names;
    private readonly PublishedWorkflows published;
    private readonly StartExecution start;
    private readonly AuditLog audit;
    private readonly TimeProvider time;

    internal ReplayEvents(
        TenantDatabase database,
        EventTriggers triggers,
        WorkflowNames names,
        PublishedWorkflows published,
        StartExecution start,
        AuditLog audit,
        TimeProvider time
    ) =>
        (this.database, this.triggers, this.names, this.published, this.start, this.audit, this.time) = (
            database,
            triggers,
            names,
            published,
            start,
            audit,
            time
        );

    /// <summary>Returns the state of the aggregate: the data of its events, merged in their order as JSON merge patches (RFC 7386).</summary>
    /// <param name="community">The community of the aggregate; null if only one has it.</param>
    /// <param name="to">The last version to take; null for the newest.</param>
    public async Task<Result<Projection>> ProjectAsync(Caller caller, string aggregate, CommunityId? community, long? to, CancellationToken ct)
    {
        if (!(await PlaceAsync(caller, aggregate, community, ct)).IsOk(out var place, out var refused))
        {
            return refused;
        }

        var last = Math.Min(to ?? place.Version, place.Version);
        var (state, count, first, version) = (new MergedState(), 0, (long?)null, 0L);
        while (version < last)
        {
            var page = await PageAsync(caller, aggregate, place.Community, version + 1, last, AtOnce, ct);
            foreach (var one in page)
            {
                state.Merge(one.Data);
                first ??= one.Version;
                version = one.Version!.Value;
            }

            if ((count += page.Count) > MostEvents)
            {
                return new AutomationError.Conflict(
                    "events.too_many",
                    string.Create(CultureInfo.InvariantCulture, $"The aggregate has more than {MostEvents} events, the most that a projection reads.")
                );
            }

            if (page.Count < AtOnce)
            {
                break;
            }
        }

        return new Projection(place.Community, version, count, IsComplete: first is null or 1 && version == last, state.ToJson());
    }

    /// <summary>Starts a workflow with each event that matches one of its event triggers, in order. Stops at the first refused start.</summary>
    /// <param name="workflow">Its id, key or name.</param>
    /// <param name="idempotencyKey">A second call with the same key starts nothing again; null for none.</param>
    public async Task<Result<Replay>> RunAsync(
        Caller caller,
        string aggregate,
        CommunityId? community,
        string workflow,
        ReplayRange range,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        if (!(await PlaceAsync(caller, aggregate, community, ct)).IsOk(out var place, out var missing))
        {
            return missing;
        }

        var named = Guid.TryParse(workflow, out var value) ? new WorkflowId(value) : await names.FindAsync(caller, workflow, ct);
        if (named is not { } id || await published.FindAsync(caller.TenantId, id, fresh: false, ct) is not { } target)
        {
            return new AutomationError.NotFound("workflow");
        }

        if (await start.RefusalAsync(caller, id, ct) is { } refused)
        {
            return refused;
        }

        if (place.Community is { } own && own != target.Community)
        {
            return new AutomationError.Conflict("event.other_community", "The workflow and the aggregate belong to different communities.");
        }

        var replay = new ReplayId(
            idempotencyKey is null
                ? Guid.CreateVersion7(time.GetUtcNow())
                : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{caller.UserId}\n{idempotencyKey}"))[..16])
        );
        var events = await PageAsync(caller, aggregate, place.Community, range.From, Math.Min(range.To, place.Version), range.Limit, ct);
        var result = await StartAsync(caller, id, replay, events, ct);
        // Not cancelled when the caller disconnects, because the start has happened.
        await database.RunAsync(
            caller.Scope(),
            (db, cancel) =>
                audit.WriteAsync(
                    db,
                    AuditEntry.By(
                        caller,
                        AuditActions.EventsReplayed,
                        new("aggregate", aggregate),
                        null,
                        new
                        {
                            workflow_id = id,
                            replay_id = replay,
                            range.From,
                            started = result.Started.Count,
                        }
                    ),
                    cancel
                ),
            CancellationToken.None
        );
        return events.Count == range.Limit && result.Refused is null && events[^1].Version < Math.Min(range.To, place.Version)
            ? result with
            {
                Next = events[^1].Version + 1,
            }
            : result;
    }

    private async Task<Replay> StartAsync(Caller caller, WorkflowId workflow, ReplayId replay, List<StoredEvent> events, CancellationToken ct)
    {
        var (started, skipped) = (new List<ReplayedEvent>(), 0);
        var metadata = JsonSerializer.SerializeToElement(new { replay_id = replay.Value });
        foreach (var one in events)
        {
            var payload = one.Payload();
            if (await triggers.FindAsync(caller.Scope(), one.Type, payload, workflow, ct) is not [var trigger, ..])
            {
                skipped++;
                continue;
            }

            var key = new EventKey(
                workflow.Value,
                $"replay:{replay}:{one.Id}:{trigger.NodeId}",
                SHA256.HashData(one.Id.Value.ToByteArray()),
                StartExecution.KeepEventKeys
            );
            var answer = await start.RunAsync(
                new StartRequest(caller.TenantId, workflow, "event", trigger.NodeId, payload, default, metadata, null, caller.UserId, key),
                ct
            );
            if (!answer.IsOk(out var execution, out var refused))
            {
                return new Replay(replay, started, skipped, new RefusedByEvent(workflow, refused.Code, refused.Message), one.Version);
            }

            started.Add(new(execution.Id, one.Version!.Value));
        }

        return new Replay(replay, started, skipped, null, null);
    }

    private async Task<Result<AggregatePlace>> PlaceAsync(Caller caller, string aggregate, CommunityId? community, CancellationToken ct)
    {
        var places = await database.QueryAsync(
            caller.Scope(),
            (connection, cancel) => ReadEvents.PlacesAsync(connection, aggregate, community, cancel),
            ct
        );
        return places switch
        {
            [] => new AutomationError.NotFound("aggregate"),
            [var (place, version)] => new AggregatePlace(place, version),
            _ => new AutomationError.BadInput("community_id", "is required: several communities have an aggregate with this id."),
        };
    }

    private Task<List<StoredEvent>> PageAsync(
        Caller caller,
        string aggregate,
        CommunityId? place,
        long from,
        long to,
        int most,
        CancellationToken ct
    ) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    $"""
                    select {StoredEvent.Columns} from automation.events e
                    where e.tenant_id = tenancy.tenant() and e.aggregate_id = $1 and e.community_id is not distinct from $2 and e.version between $3
                    and $4
                    order by e.number limit $5
                    """,
                    aggregate,
                    place?.Value,
                    from,
                    to,
                    most
                );
                return await StoredEvent.ReadAsync(command, cancel);
            },
            ct
        );

    private sealed record AggregatePlace(CommunityId? Community, long Version);
}

/// <summary>The range of events to replay.</summary>
/// <param name="From">The first version.</param>
/// <param name="To">The last one.</param>
/// <param name="Limit">The maximum number of events, 1 to 100.</param>
public readonly record struct ReplayRange(long From, long To, int Limit);

/// <summary>The state that results from the events of an aggregate.</summary>
/// <param name="Version">The version of the last event in it.</param>
/// <param name="IsComplete">False if older events have been deleted.</param>
public sealed record Projection(CommunityId? Community, long Version, int Events, bool IsComplete, JsonElement State);

/// <summary>The result of a replay.</summary>
/// <param name="Skipped">Events that match no trigger of the workflow.</param>
/// <param name="Refused">The reason of the refused start; null if there is none.</param>
/// <param name="Next">The version to continue with; null if all are done.</param>
public sealed record Replay(ReplayId Id, IReadOnlyList<ReplayedEvent> Started, int Skipped, RefusedByEvent? Refused, long? Next);

public sealed record ReplayedEvent(ExecutionId Execution, long Version);
