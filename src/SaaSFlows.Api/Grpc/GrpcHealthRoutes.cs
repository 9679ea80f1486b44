using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Grpc.HealthV1;
using SaaSFlows.Api.Wire;
using static SaaSFlows.Api.Grpc.HealthV1.HealthCheckResponse.Types;

namespace SaaSFlows.Api.Grpc;

/// <summary>gRPC's own health check, for orchestrators and load balancers.</summary>
internal static class GrpcHealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/grpc.health.v1.Health/Check", CheckAsync).WithMetadata(GrpcMethod.Instance).IsPublic();

    private static async Task<IResult> CheckAsync(HttpContext http, IHostApplicationLifetime lifetime)
    {
        if (!(await GrpcRequest.ReadAsync<HealthCheckRequest>(http)).Is(out var request, out var refusal))
        {
            return refusal;
        }

        return request.Service is "" or WorkflowServiceRoutes.Service or WorkflowServiceRoutes.BareService
            ? new GrpcReply(new HealthCheckResponse { Status = lifetime.ApplicationStopping.IsCancellationRequested ? ServingStatus.NotServing : ServingStatus.Serving })
            : Answers.Error(ErrorCode.NotFound, "service.not_found", "No such service.");
    }
}
