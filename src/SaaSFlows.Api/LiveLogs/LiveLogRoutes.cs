using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;
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

    private static async Task<IResult> StreamAsync(
        HttpContext http,
        string execution_id,
        FindExecutions find,
        FollowExecution follow,
        StreamGuard guard,
        CancellationToken ct
    )
    {
        if (ServerSentEvents.LastEventId(http.Request) is not { } after)
        {
            return Answers.FieldErrors("query.invalid", new Dictionary<string, string> { ["Last-Event-ID"] = "must be a whole number." });
        }

        if (RouteIds.Execution(execution_id) is not { } id || await find.SummaryAsync(http.Caller(), id, ct) is not { } execution)
        {
            return RouteIds.NoExecution;
        }

        return new EventStream(http.Caller().TenantId, EventsAsync(http, execution, find, follow, guard, after, ct));
    }

    private static async Task<IResult> SocketAsync(
        HttpContext http,
        string execution_id,
        FindExecutions find,
        FollowExecution follow,
        StreamGuard guard,
        IOptions<JsonOptions> json,
        CancellationToken ct
    )
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return Answers.Error(ErrorCode.BadRequest, "websocket.needed", "This route speaks WebSocket; for plain HTTP use /stream.");
        }

        if (RouteIds.Execution(execution_id) is not { } id || await find.SummaryAsync(http.Caller(), id, ct) is not { } execution)
        {
            return RouteIds.NoExecution;
        }

        var after = ServerSentEvents.LastEventId(http.Request) ?? 0;
        var streams = http.RequestServices.GetRequiredService<OpenStreams>();
        using var opened = streams.TryOpen(http.Caller().TenantId, "websocket");
        if (opened is null)
        {
            return streams.TooMany;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var draining = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, draining);
        try
        {
            await new EventSocket(socket, json.Value.SerializerOptions, http.RequestServices.GetRequiredService<TimeProvider>(), draining).WriteAsync(
                EventsAsync(http, execution, find, follow, guard, after, either.Token),
                ct
            );
        }
        catch (TimeoutException)
        {
            http.Abort();
        }

        return Results.Empty;
    }

    private static IAsyncEnumerable<ServerSentEvent> EventsAsync(
        HttpContext http,
        ExecutionSummary execution,
        FindExecutions find,
        FollowExecution follow,
        StreamGuard guard,
        long after,
        CancellationToken ct
    ) =>
        guard.WatchAsync(
            http,
            Permission.ReadLogs,
            execution.Workflow,
            async (caller, token) => await find.SummaryAsync(caller, execution.Id, token) is not null,
            EventsAsync(http.Caller(), follow, execution.Id, after, ct),
            lost => new ServerSentEvent(null, "end", lost),
            ct
        );

    private static async IAsyncEnumerable<ServerSentEvent> EventsAsync(
        Caller caller,
        FollowExecution follow,
        ExecutionId id,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var update in follow.RunAsync(caller, id, after, ct))
        {
            yield return update.Match(
                Changed,
                behind => ServerSentEvents.ComeAgain("reader.slow", behind.ResumeAfter),
                noRoom => ServerSentEvents.ComeAgain("streams.too_large", noRoom.ResumeAfter)
            );
            if (update is not LiveUpdate.Changed)
            {
                yield break;
            }
        }

        yield return new ServerSentEvent(null, "end", new { });
    }

    private static ServerSentEvent Changed(LiveUpdate.Changed update)
    {
        var resumeAfter = update.IsLastOfEvent ? update.Change.Seq : (long?)null;
        return update.Change.Match(
            node => new ServerSentEvent(resumeAfter, "node", NodeChangeBody.From(node)),
            execution => new ServerSentEvent(resumeAfter, "execution", ExecutionChangeBody.From(execution))
        );
    }
}
