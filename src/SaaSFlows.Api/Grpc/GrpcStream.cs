using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>
/// Answers a call with messages as they come. One is asked for only when the one before has left, so nothing piles up for a reader that is slow; one that takes
/// nothing is cut off (<see cref="SlowReaders"/>).
/// </summary>
/// <param name="items">Until the call is over, which the token says.</param>
internal sealed class GrpcStream(Func<CancellationToken, IAsyncEnumerable<GrpcItem>> items) : IResult
{
    // Clients know it as RESOURCE_EXHAUSTED (RFC 9113, section 7: ENHANCE_YOUR_CALM). Trailers would wait behind the messages that nobody reads.
    private const int EnhanceYourCalm = 0xb;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var services = httpContext.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var time = services.GetRequiredService<TimeProvider>();
        using var opened = services.GetRequiredService<StreamCount>().Open("grpc");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        await GrpcReply.StartAsync(httpContext);
        try
        {
            await foreach (var item in items(end.Token))
            {
                if (item.Message is not { } message)
                {
                    await item.End!.ExecuteAsync(httpContext);
                    return;
                }

                GrpcReply.Write(httpContext.Response.BodyWriter, message);
                await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted).AsTask().WithPatienceAsync(time);
            }

            await GrpcStatuses.EndOkAsync(httpContext);
        }
        catch (TimeoutException)
        {
            httpContext.Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !httpContext.RequestAborted.IsCancellationRequested)
        {
            await Answers.Error(ErrorCode.Unavailable, "server.stopping", "This server is being stopped. Watch again from the last resume_after.").ExecuteAsync(httpContext);
        }
    }
}

/// <summary>What comes next on a stream: a message, or why it ends.</summary>
internal readonly record struct GrpcItem(IMessage? Message, IResult? End);
