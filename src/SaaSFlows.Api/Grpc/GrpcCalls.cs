using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Keeps the methods on their port and everything else off it, and names what the library refuses by itself.</summary>
internal static class GrpcCalls
{
    private const string Health = "/grpc.health.";
    private const string Reflection = "/grpc.reflection.";

    // Reflection asks nobody who he is, so nobody may stay.
    private static readonly TimeSpan _longestReflection = TimeSpan.FromMinutes(1);

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

        return !http.IsGrpcCall() ? Answers.Error(ErrorCode.UnsupportedMediaType, "rpc.content_type", "This port speaks gRPC only (Content-Type: application/grpc).").ExecuteAsync(http)
            : http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethod>() is null ? Answers.Error(ErrorCode.MethodNotAllowed, "rpc.unknown", "There is no such method.").ExecuteAsync(http)
            : CallAsync(http, next, time, stopping);
    }

    private static async Task CallAsync(HttpContext http, RequestDelegate next, TimeProvider time, CancellationToken stopping)
    {
        // A watch of the health would keep the server from stopping.
        await using var stop = http.Request.Path.Value!.StartsWith(Health, StringComparison.Ordinal) ? stopping.Register(http.Abort) : default;
        await using var end = http.Request.Path.Value!.StartsWith(Reflection, StringComparison.Ordinal)
            ? time.CreateTimer(_ => http.Abort(), null, _longestReflection, Timeout.InfiniteTimeSpan)
            : null;
        await next(http);
        GrpcErrors.Name(http.Response);
    }
}

/// <summary>An endpoint that is a method of a gRPC service.</summary>
internal sealed class GrpcMethod
{
    public static readonly GrpcMethod Instance = new();
}
