using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>
/// Answers a call with messages as they come. One is asked for only when the one before has left, so nothing piles up for a reader that is slow.
/// </summary>
/// <param name="mayGoOn">Asked every few seconds: null, or why the stream has to end.</param>
internal sealed class GrpcStream(IAsyncEnumerable<IMessage> messages, Func<CancellationToken, Task<IResult?>> mayGoOn) : IResult
{
    // Clients know it as RESOURCE_EXHAUSTED (RFC 9113, section 7: ENHANCE_YOUR_CALM). Trailers would wait behind the messages that nobody reads.
    private const int EnhanceYourCalm = 0xb;

    /// <summary>A stream whose reader takes nothing for so long is cut.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(3);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var time = services.GetRequiredService<TimeProvider>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        await GrpcReply.StartAsync(httpContext);
        var guard = GuardAsync(time, end);
        try
        {
            await foreach (var message in messages.WithCancellation(end.Token))
            {
                GrpcReply.Write(httpContext.Response.BodyWriter, message);
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted).AsTask().WaitAsync(Patience, time, CancellationToken.None);
            }

            // What they saw last may be the end of their right to see it.
            await end.CancelAsync();
            var refusal = await guard ?? await mayGoOn(httpContext.RequestAborted);
            await (refusal is null ? GrpcStatuses.EndOkAsync(httpContext) : refusal.ExecuteAsync(httpContext));
        }
        catch (TimeoutException)
        {
            httpContext.Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);
        }
        catch (OperationCanceledException) when (!httpContext.RequestAborted.IsCancellationRequested)
        {
            var why = await guard
                ?? Answers.Error(ErrorCode.Unavailable, "server.stopping", "This server is being stopped. Watch again from the last resume_after.");
            await why.ExecuteAsync(httpContext);
        }
        finally
        {
            await end.CancelAsync();
            await guard;
        }
    }

    private async Task<IResult?> GuardAsync(TimeProvider time, CancellationTokenSource end)
    {
        try
        {
            using var timer = new PeriodicTimer(AskEvery, time);
            while (await timer.WaitForNextTickAsync(end.Token))
            {
                if (await mayGoOn(end.Token) is { } refusal)
                {
                    return refusal;
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The stream has ended.
        }
        finally
        {
            // Also when it could not find out: nobody watches unguarded.
            await end.CancelAsync();
        }

        return null;
    }
}
