using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Events;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Events;

/// <summary>Seed 001, «Event Management»: facts that somebody tells a tenant's workflows, and that are kept.</summary>
internal static class EventRoutes
{
    private const int MostReplayed = 100;
    private const int LongestName = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/events", PublishAsync).Needs(Permission.ExecuteWorkflows);
        routes.MapPost("/events", PublishAsync).Needs(Permission.ExecuteWorkflows);
        var events = routes.MapGroup("/api/v1/events");
        events.MapGet("/stream", StreamAsync).Needs(Permission.ReadExecutions);
        events.MapGet("/{aggregate_id}", ListAsync).Needs(Permission.ReadExecutions);
        events.MapGet("/{aggregate_id}/projection", ProjectAsync).Needs(Permission.ReadExecutions);
        events.MapPost("/{aggregate_id}/replay", ReplayAsync).Needs(Permission.ExecuteWorkflows);
    }

    private static async Task<IResult> PublishAsync(HttpContext http, PublishEvent publish, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<PublishEventBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (body.Metadata is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Object) })
        {
            return Answers.FieldErrors("input.wrong_type", new Dictionary<string, string> { ["metadata"] = "must be a JSON object." });
        }

        var news = new NewEvent(
            body.EventType,
            body.Data ?? default,
            body.AggregateId,
            body.AggregateType,
            body.Metadata is { ValueKind: JsonValueKind.Object } metadata ? metadata : default,
            body.CommunityId is { } community ? new CommunityId(community) : null
        )
        {
            ExpectedVersion = body.ExpectedVersion,
        };
        return (await publish.RunAsync(http.Caller(), news, Key(http), ct)).Match(
            published => Answers.Accepted(PublishedEventBody.From(published), "Event published"),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> ListAsync(HttpContext http, string aggregate_id, ReadEvents read, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return IsName(aggregate_id)
            ? (await read.ListAsync(http.Caller(), aggregate_id, filter, page, ct)).Match(
                list => Answers.List(list, EventBody.From),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoAggregate;
    }

    private static async Task<IResult> StreamAsync(HttpContext http, ReadEvents read, StreamGuard guard, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query) with { AggregateId = query.Text("aggregate_id", LongestName) };
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        if (ServerSentEvents.LastEventId(http.Request) is not { } after)
        {
            return Answers.FieldErrors("query.invalid", new Dictionary<string, string> { ["Last-Event-ID"] = "must be a whole number." });
        }

        // A first connection gets what comes from now on; 0 asks for all that is kept.
        var resumes = http.Request.Headers.ContainsKey("Last-Event-ID") || http.Request.Query.ContainsKey("last_event_id");
        var start = resumes ? after : await read.NewestAsync(http.Caller(), ct);
        return new EventStream(
            http.Caller().TenantId,
            guard.WatchAsync(http, Permission.ReadExecutions, SeesAsync, EventsAsync(http.Caller(), read, filter, start, ct), ct)
        );

        // All that it did when the stream was opened.
        Task<bool> SeesAsync(Caller now, CancellationToken token) =>
            Task.FromResult(
                now.Communities.IsWholeTenant
                    || (!http.Caller().Communities.IsWholeTenant && http.Caller().Communities.Roles.Keys.All(now.Communities.Roles.ContainsKey))
            );
    }

    private static async Task<IResult> ProjectAsync(HttpContext http, string aggregate_id, ReplayEvents replay, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var community = query.Community();
        var version = query.Integer("version", 1, long.MaxValue);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return IsName(aggregate_id)
            ? (await replay.ProjectAsync(http.Caller(), aggregate_id, community, version, ct)).Match(
                projection => Answers.Ok(ProjectionBody.From(aggregate_id, projection)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoAggregate;
    }

    private static async Task<IResult> ReplayAsync(HttpContext http, string aggregate_id, ReplayEvents replay, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ReplayBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var (from, to, limit) = (body.FromVersion ?? 1, body.ToVersion ?? long.MaxValue, body.Limit ?? MostReplayed);
        var errors = new Dictionary<string, string>();
        if (body.Workflow is not { } workflow || !IsName(workflow))
        {
            errors["workflow"] = $"is required: a workflow's id, key or name, at most {LongestName} characters.";
            workflow = "";
        }

        if (from < 1 || to < from)
        {
            errors["from_version"] = "must be at least 1 and not after to_version.";
        }

        if (limit is < 1 or > MostReplayed)
        {
            errors["limit"] = $"must be from 1 to {MostReplayed}.";
        }

        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.invalid", errors);
        }

        var community = body.CommunityId is { } id ? new CommunityId(id) : (CommunityId?)null;
        return IsName(aggregate_id)
            ? (await replay.RunAsync(http.Caller(), aggregate_id, community, workflow, new ReplayRange(from, to, limit), Key(http), ct)).Match(
                replayed => Answers.Accepted(ReplayedBody.From(replayed), "Events replayed"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoAggregate;
    }

    private static async IAsyncEnumerable<ServerSentEvent> EventsAsync(
        Caller caller,
        ReadEvents read,
        EventFilter filter,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var one in read.FollowAsync(caller, filter, after, ct))
        {
            yield return new ServerSentEvent(one.Number, "event", EventBody.From(one));
        }
    }

    private static EventFilter Filter(QueryReader query) =>
        new(null, query.Text("aggregate_type", LongestName), query.Text("event_type", LongestName), query.Community());

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Contains('\0', StringComparison.Ordinal);

    private static string? Key(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key ? key : null;
}
