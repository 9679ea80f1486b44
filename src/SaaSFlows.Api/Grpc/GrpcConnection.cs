using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Tells the connections of the gRPC port from all others. A feature of the connection: headers can say what they like.</summary>
public static class GrpcConnection
{
    /// <summary>Marks what arrives at <paramref name="endpoint"/>, which has to speak HTTP/2 only.</summary>
    public static void Mark(ListenOptions endpoint) =>
        endpoint.Use(
            (connection, next) =>
            {
                connection.Features.Set<IErrorForm>(Form.Instance);
                return next(connection);
            }
        );

    internal static bool IsOnGrpcPort(this HttpContext http) => http.Features.Get<IErrorForm>() is Form;

    internal static bool IsGrpcCall(this HttpContext http) =>
        http.IsOnGrpcPort() && http.Request.ContentType is "application/grpc" or "application/grpc+proto";

    private sealed class Form : IErrorForm
    {
        public static readonly Form Instance = new();

        public bool Fits(HttpContext http) => http.IsGrpcCall();

        public Task WriteAsync(HttpContext http, Refusal refusal) => GrpcErrors.EndAsync(http, refusal);
    }
}
