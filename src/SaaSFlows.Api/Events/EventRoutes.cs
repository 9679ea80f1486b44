using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Events;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Events;

/// <summary>Facts that somebody tells a tenant's workflows.</summary>
internal static class EventRoutes
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/events", PublishAsync).Needs(Permission.ExecuteWorkflows);

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
            body.CommunityId is { } community ? new CommunityId(community) : null);
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        return (await publish.RunAsync(http.Caller(), news, key.Length == 0 ? null : key, ct)).Match(
            published => Answers.Accepted(PublishedEventBody.From(published), "Event published"), ErrorMap.ToAnswer);
    }

    private sealed record PublishEventBody(
        string? EventType, JsonElement? Data, string? AggregateId, string? AggregateType, JsonElement? Metadata, long? CommunityId);

    private sealed record StartedBody(Guid ExecutionId, Guid WorkflowId);

    private sealed record RefusedBody(Guid WorkflowId, string Reason, string Message);

    private sealed record PublishedEventBody(
        Guid EventId,
        string EventType,
        DateTimeOffset PublishedAt,
        IReadOnlyList<StartedBody> Started,
        IReadOnlyList<Guid> Resumed,
        IReadOnlyList<RefusedBody> Refused,
        bool Repeated)
    {
        public static PublishedEventBody From(PublishedEvent published) => new(
            published.Id.Value,
            published.Type,
            published.At,
            [.. published.Started.Select(one => new StartedBody(one.Execution.Value, one.Workflow.Value))],
            [.. published.Resumed.Select(one => one.Value)],
            [.. published.Refused.Select(one => new RefusedBody(one.Workflow.Value, one.Reason, one.Message))],
            published.IsRepeat);
    }
}
