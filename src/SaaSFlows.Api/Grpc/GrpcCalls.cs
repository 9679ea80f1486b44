using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>A route that is a method of a gRPC service.</summary>
internal sealed class GrpcMethod
{
    public static readonly GrpcMethod Instance = new();
}

/// <summary>Keeps the methods on their port and everything else off it, and ends calls at their deadline.</summary>
internal sealed partial class GrpcCalls(RequestDelegate next, TimeProvider time, ILogger<GrpcCalls> logger)
{
    // The longest that a timer takes is 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    public Task InvokeAsync(HttpContext http)
    {
        var isMethod = http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethod>() is not null;
        if (!http.IsOnGrpcPort())
        {
            if (isMethod)
            {
                http.SetEndpoint(null);
            }

            return next(http);
        }

        if (!http.IsGrpcCall())
        {
            return Answers.Error(ErrorCode.UnsupportedMediaType, "rpc.content_type", "This port speaks gRPC only (Content-Type: application/grpc).").ExecuteAsync(http);
        }

        if (!isMethod)
        {
            return Answers.Error(ErrorCode.MethodNotAllowed, "rpc.unknown", "There is no such method.").ExecuteAsync(http);
        }

        return Timeout(http.Request.Headers["grpc-timeout"].ToString()) is { } timeout
            ? RunAsync(http, timeout)
            : Answers.Error(ErrorCode.BadRequest, "rpc.timeout", "grpc-timeout must be up to 8 digits and a unit.").ExecuteAsync(http);
    }

    private async Task RunAsync(HttpContext http, TimeSpan timeout)
    {
        var gone = http.RequestAborted;
        using var deadline = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, deadline.Token);
        http.RequestAborted = end.Token;
        http.Response.Headers["grpc-accept-encoding"] = "identity,gzip";
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            await Answers.Error(ErrorCode.ExecutionTimeout, "rpc.deadline", "The deadline has passed.").ExecuteAsync(http);
        }
        catch (Exception error) when (http.Response.HasStarted && !gone.IsCancellationRequested)
        {
            // Before that, it is left to what answers all routes.
            var correlation = http.CorrelationId();
            Log.Broke(logger, http.GetEndpoint()?.DisplayName, correlation, error);
            await Answers.Error(ErrorCode.InternalError, "internal", $"Something went wrong on our side. Tell support the correlation id {correlation}.").ExecuteAsync(http);
        }
        finally
        {
            http.RequestAborted = gone;
        }
    }

    /// <summary>Null: it is malformed.</summary>
    private static TimeSpan? Timeout(string header)
    {
        if (header.Length == 0)
        {
            return System.Threading.Timeout.InfiniteTimeSpan;
        }

        if (header.Length > 9 || !long.TryParse(header.AsSpan(0, header.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        TimeSpan? timeout = header[^1] switch
        {
            'H' => TimeSpan.FromHours(number),
            'M' => TimeSpan.FromMinutes(number),
            'S' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMilliseconds(number),
            'u' => TimeSpan.FromMicroseconds(number),
            'n' => TimeSpan.FromTicks(number / 100),
            _ => null,
        };
        return timeout > LongestTimeout ? LongestTimeout : timeout;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 6010, Level = LogLevel.Error, Message = "{Method} broke after its first message, correlation id {CorrelationId}")]
        public static partial void Broke(ILogger logger, string? method, string correlationId, Exception exception);
    }
}
