using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.LiveLogs;

/// <summary>Executions while they run: as server-sent events, and the same over a WebSocket.</summary>
internal static class LiveLogRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var executions = routes.MapGroup("/api/v1/workflows/executions/{execution_id}");
        executions.MapGet("/stream", StreamAsync).Needs(Permission.ReadLogs);
        executions.MapGet("/ws", SocketAsync).Needs(Permission.ReadLogs);
    }

    private static async Task<IResult> StreamAsync(HttpContext http, string execution_id, FindExecutions find, FollowExecution follow, StreamGuard guard, CancellationToken ct)
    {
        if (ServerSentEvents.LastEventId(http.Request) is not { } after)
        {
            return Answers.FieldErrors("query.invalid", new Dictionary<string, string> { ["Last-Event-ID"] = "must be a whole number." });
        }

        if (RouteIds.Execution(execution_id) is not { } id || await find.SummaryAsync(http.Caller(), id, ct) is null)
        {
            return RouteIds.NoExecution;
        }

        await ServerSentEvents.WriteAsync(http, guard.WatchAsync(http, Permission.ReadLogs, SeesAsync(find, id), EventsAsync(http.Caller(), follow, id, after, ct), ct));
        return Results.Empty;
    }

    private static async Task<IResult> SocketAsync(
        HttpContext http, string execution_id, FindExecutions find, FollowExecution follow, StreamGuard guard, IOptions<JsonOptions> json, CancellationToken ct)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return Answers.Error(ErrorCode.BadRequest, "websocket.needed", "This route speaks WebSocket; for plain HTTP use /stream.");
        }

        if (RouteIds.Execution(execution_id) is not { } id || await find.SummaryAsync(http.Caller(), id, ct) is null)
        {
            return RouteIds.NoExecution;
        }

        var after = ServerSentEvents.LastEventId(http.Request) ?? 0;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var opened = http.RequestServices.GetRequiredService<StreamCount>().Open("websocket");
        var draining = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, draining);
        try
        {
            LostAccess? lost = null;
            await foreach (var item in guard.WatchAsync(
                http, Permission.ReadLogs, SeesAsync(find, id), EventsAsync(http.Caller(), follow, id, after, either.Token), either.Token))
            {
                lost = item.Data as LostAccess;
                await SendAsync(socket, item, json.Value.SerializerOptions, ct);
            }

            // Nobody waits for the answer of somebody who has no business here any more.
            await (lost is null
                ? socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "end", ct)
                : socket.CloseOutputAsync((WebSocketCloseStatus)lost.CloseCode(), lost.Reason, ct));
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await SendAsync(socket, ServerSentEvents.Reconnect, json.Value.SerializerOptions, ct);
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "process.draining", ct);
        }

        return Results.Empty;
    }

    private static Task SendAsync(WebSocket socket, ServerSentEvent item, JsonSerializerOptions options, CancellationToken ct) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(new { id = item.Id, @event = item.Name, data = item.Data }, options), WebSocketMessageType.Text, endOfMessage: true, ct);

    private static Func<Caller, CancellationToken, Task<bool>> SeesAsync(FindExecutions find, ExecutionId id) =>
        async (caller, ct) => await find.SummaryAsync(caller, id, ct) is not null;

    private static async IAsyncEnumerable<ServerSentEvent> EventsAsync(
        Caller caller, FollowExecution follow, ExecutionId id, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var live in follow.RunAsync(caller, id, after, ct))
        {
            var resumeAfter = live.IsLastOfEvent ? live.Change.Seq : (long?)null;
            yield return live.Change.Match(
                node => new ServerSentEvent(resumeAfter, "node", NodeChangeBody.From(node)),
                execution => new ServerSentEvent(resumeAfter, "execution", ExecutionChangeBody.From(execution)));
        }

        yield return new ServerSentEvent(null, "end", new { });
    }
}
