using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Keeps the methods on their port and everything else off it, and names what the library refuses by itself.</summary>
internal static class GrpcCalls
{
    private const string HealthWatch = "/grpc.health.v1.Health/Watch";
    private const string Reflection = "/grpc.reflection.";

    // Streams that need no token end after this; clients open them again.
    private static readonly TimeSpan _longestOpenCall = TimeSpan.FromMinutes(1);

    /// <summary>Whether it is a method, or stands for methods that are not there.</summary>
    public static bool IsGrpc(Endpoint? endpoint) => endpoint?.DisplayName?.StartsWith("gRPC - ", StringComparison.Ordinal) == true;

    public static Task CheckAsync(HttpContext http, RequestDelegate next, TimeProvider time, CancellationToken stopping)
    {
        if (!http.IsOnGrpcPort())
        {
            if (IsGrpc(http.GetEndpoint()))
            {
                http.SetEndpoint(null);
            }

            return next(http);
        }

        if (!http.IsGrpcCall())
        {
            return Answers
                .Error(ErrorCode.UnsupportedMediaType, "rpc.content_type", "This port speaks gRPC only (Content-Type: application/grpc).")
                .ExecuteAsync(http);
        }

        return http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethod>() is null
            ? Answers.Error(ErrorCode.MethodNotAllowed, "rpc.unknown", "There is no such method.").ExecuteAsync(http)
            : CallAsync(http, next, time, stopping);
    }

    private static async Task CallAsync(HttpContext http, RequestDelegate next, TimeProvider time, CancellationToken stopping)
    {
        var isWatch = http.Request.Path.Equals(HealthWatch, StringComparison.Ordinal);
        // A watch of the health would keep the server from stopping.
        await using var stop = isWatch ? stopping.Register(http.Abort) : default;
        var isOpenToAll = isWatch || http.Request.Path.Value!.StartsWith(Reflection, StringComparison.Ordinal);
        await using var end = isOpenToAll ? time.CreateTimer(_ => http.Abort(), null, _longestOpenCall, Timeout.InfiniteTimeSpan) : null;
        await next(http);
        GrpcErrors.Name(http.Response);
    }
}

/// <summary>An endpoint that is a method of a gRPC service.</summary>
internal sealed class GrpcMethod
{
    public static readonly GrpcMethod Instance = new();
}
