using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SaaSFlows.Api.Grpc;

/// <summary>Tells the connections of the gRPC port from all others. A feature of the connection: headers can say what they like.</summary>
public static class GrpcConnection
{
    /// <summary>Marks what arrives at <paramref name="endpoint"/>, which has to speak HTTP/2 only.</summary>
    public static void Mark(ListenOptions endpoint) => endpoint.Use((connection, next) =>
    {
        connection.Features.Set(Marked.Instance);
        return next(connection);
    });

    internal static bool IsOnGrpcPort(this HttpContext http) => http.Features.Get<Marked>() is not null;

    /// <summary>Whether the answer has to be in gRPC's form.</summary>
    internal static bool IsGrpcCall(this HttpContext http) =>
        http.IsOnGrpcPort() && http.Request.ContentType is "application/grpc" or "application/grpc+proto";

    private sealed class Marked
    {
        public static readonly Marked Instance = new();
    }
}
