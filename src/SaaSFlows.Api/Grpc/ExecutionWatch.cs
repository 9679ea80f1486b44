using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs;

namespace SaaSFlows.Api.Grpc;

/// <summary>
/// Tells a caller what happens in an execution. A change is asked for only when the one before has left, so nothing piles up for a reader that is
/// slow; one that takes nothing is cut off (<see cref="SlowReaders"/>).
/// </summary>
internal sealed class ExecutionWatch(
    FindExecutions find,
    FollowExecution follow,
    StreamGuard guard,
    OpenStreams streams,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    // Clients know it as RESOURCE_EXHAUSTED (RFC 9113, section 7: ENHANCE_YOUR_CALM). Trailers would wait behind the messages that nobody reads.
    private const int EnhanceYourCalm = 0xb;

    /// <summary>Null once all is told, or the reader was cut off; else why it ends.</summary>
    public async Task<IResult?> RunAsync(ServerCallContext context, WatchExecutionRequest request, IServerStreamWriter<WatchExecutionResponse> reader)
    {
        var (http, ct) = (context.GetHttpContext(), context.CancellationToken);
        if (request.AfterSeq < 0)
        {
            return Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["after_seq"] = "must be zero or more." });
        }

        if (RouteIds.Execution(request.ExecutionId) is not { } id || await find.SummaryAsync(http.Caller(), id, ct) is not { } execution)
        {
            return RouteIds.NoExecution;
        }

        using var opened = streams.TryOpen(http.Caller().TenantId, "grpc");
        if (opened is null)
        {
            return streams.TooMany;
        }

        // The stream has begun, also if there is nothing to tell for a while: it holds no place of a request, and may outlive an outage.
        await context.WriteResponseHeadersAsync([]);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        var changes = guard.WatchAsync<object>(
            http,
            Permission.ReadLogs,
            execution.Workflow,
            async (caller, token) => await find.SummaryAsync(caller, id, token) is not null,
            follow.RunAsync(http.Caller(), id, request.AfterSeq, end.Token),
            lost => lost,
            end.Token
        );
        try
        {
            return await TellAsync(changes, reader);
        }
        catch (TimeoutException)
        {
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);
            return null;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return Answers.Error(ErrorCode.Unavailable, "server.stopping", "This server is being stopped. Watch again from the last resume_after.");
        }
    }

    private async Task<IResult?> TellAsync(IAsyncEnumerable<object> changes, IServerStreamWriter<WatchExecutionResponse> reader)
    {
        await foreach (var change in changes)
        {
            switch (change)
            {
                case LiveUpdate.Changed changed:
                    await reader.WriteAsync(Messages.Changed(changed)).WithPatienceAsync(time);
                    break;
                case LiveUpdate.FellBehind behind:
                    return Answers.Error(
                        ErrorCode.RateLimitExceeded,
                        "reader.slow",
                        $"You read more slowly than the execution goes on. Watch again after {behind.ResumeAfter}.",
                        ("resume_after", behind.ResumeAfter)
                    );
                case LiveUpdate.NoRoom noRoom:
                    return Answers.Error(
                        ErrorCode.RateLimitExceeded,
                        "streams.too_large",
                        "The executions that your tenant follows at once are too large. End other streams, and watch again after "
                            + $"{noRoom.ResumeAfter}.",
                        ("resume_after", noRoom.ResumeAfter)
                    );
                case LostAccess lost:
                    return AnswerTo(lost);
            }
        }

        return null;
    }

    private static IResult AnswerTo(LostAccess lost) =>
        lost == LostAccess.Changed
            ? RouteIds.NoExecution
            : Answers.Error(lost == LostAccess.Missing ? ErrorCode.PermissionDenied : ErrorCode.Unauthorized, lost.Reason, lost.Message);
}
