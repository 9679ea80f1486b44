using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Chat;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Chat;

/// <summary>The built-in web chat of an entity.</summary>
internal static class ChatRoutes
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var chat = routes.MapGroup("/api/v1/chat/{entity_id}");
        chat.MapGet("/messages", ListAsync).Needs(Permission.ReadChat);
        chat.MapPost("/messages", PostAsync).Needs(Permission.WriteChat);
        chat.MapGet("/stream", StreamAsync).Needs(Permission.ReadChat);
    }

    private static async Task<IResult> ListAsync(HttpContext http, string entity_id, ChatRoom room, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var before = query.Integer("before_id", 1, long.MaxValue);
        var limit = (int)(query.Integer("limit", 1, MaxLimit) ?? DefaultLimit);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Entity(entity_id) is { } entity && await room.HistoryAsync(http.Caller(), entity, before, limit, ct) is { } history
            ? Results.Json(new ChatHistoryAnswer([.. history.Messages.Select(ChatMessageBody.From)], new ChatHistoryMeta(history.HasMore)))
            : RouteIds.NoEntity;
    }

    private static async Task<IResult> PostAsync(HttpContext http, string entity_id, PostChatMessage post, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<PostMessageBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (body is { Message: { } message, Text: { } other } && message != other)
        {
            return Answers.FieldErrors(
                "input.invalid",
                new Dictionary<string, string> { ["text"] = "is another name of message: give one of the two." }
            );
        }

        return RouteIds.Entity(entity_id) is { } entity
            ? (await post.RunAsync(http.Caller(), entity, body.Message ?? body.Text, ct)).Match(
                posted => Answers.Created(PostedMessageBody.From(posted), "Message sent"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoEntity;
    }

    private static async Task<IResult> StreamAsync(HttpContext http, string entity_id, ChatRoom room, StreamGuard guard, CancellationToken ct)
    {
        if (ServerSentEvents.LastEventId(http.Request) is not { } after)
        {
            return Answers.FieldErrors("query.invalid", new Dictionary<string, string> { ["Last-Event-ID"] = "must be a whole number." });
        }

        if (RouteIds.Entity(entity_id) is not { } entity || !await SeesAsync(http.Caller(), ct))
        {
            return RouteIds.NoEntity;
        }

        return new EventStream(
            http.Caller().TenantId,
            guard.WatchAsync(http, Permission.ReadChat, SeesAsync, EventsAsync(http.Caller(), room, entity, after, ct), ct)
        );

        async Task<bool> SeesAsync(Caller caller, CancellationToken token) => await room.HistoryAsync(caller, entity, null, 1, token) is not null;
    }

    private static async IAsyncEnumerable<ServerSentEvent> EventsAsync(
        Caller caller,
        ChatRoom room,
        EntityId entity,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var message in room.FollowAsync(caller, entity, after, ct))
        {
            yield return new ServerSentEvent(message.Number, "message", ChatMessageBody.From(message));
        }
    }

    /// <param name="Message">1 to 4,000 characters.</param>
    /// <param name="Text">Another name of <c>message</c>.</param>
    private sealed record PostMessageBody(string? Message, string? Text);

    private sealed record ChatHistoryAnswer(IReadOnlyList<ChatMessageBody> Data, ChatHistoryMeta Meta)
    {
        [JsonPropertyName("success"), JsonPropertyOrder(-1)]
        public bool IsSuccess { get; } = true;
    }

    private sealed record ChatHistoryMeta(bool HasMore);

    private sealed record AuthorBody(string Kind, Guid? UserId, string Name, Guid? ExecutionId);

    /// <param name="Text">The same as <c>message</c>, for those who know it by that name.</param>
    private sealed record ChatMessageBody(long MessageId, long EntityId, AuthorBody Author, string Message, string Text, DateTimeOffset SentAt)
    {
        public static ChatMessageBody From(ChatMessage message) =>
            new(
                message.Number,
                message.Entity.Value,
                new AuthorBody(message.AuthorKind, message.User?.Value, message.AuthorName, message.Execution?.Value),
                message.Text,
                message.Text,
                message.SentAt
            );
    }

    private sealed record RefusedCommandBody(Guid WorkflowId, string Reason, string Message);

    /// <param name="Executions">What the message started.</param>
    /// <param name="Answered">Executions that waited for the message.</param>
    /// <param name="Refused">Workflows whose command it was and that did not start.</param>
    private sealed record PostedMessageBody(
        long MessageId,
        long EntityId,
        AuthorBody Author,
        string Message,
        string Text,
        DateTimeOffset SentAt,
        IReadOnlyList<Guid> Executions,
        IReadOnlyList<Guid> Answered,
        IReadOnlyList<RefusedCommandBody> Refused
    )
    {
        public static PostedMessageBody From(PostedMessage posted)
        {
            var message = ChatMessageBody.From(posted.Message);
            return new(
                message.MessageId,
                message.EntityId,
                message.Author,
                message.Message,
                message.Text,
                message.SentAt,
                [.. posted.Started.Select(execution => execution.Value)],
                [.. posted.Answered.Select(execution => execution.Value)],
                [.. posted.Refused.Select(refused => new RefusedCommandBody(refused.Workflow.Value, refused.Reason.Code, refused.Reason.Message))]
            );
        }
    }
}
