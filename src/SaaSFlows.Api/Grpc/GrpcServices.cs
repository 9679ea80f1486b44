using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Grpc;

/// <summary>Registers and maps what the gRPC port serves.</summary>
internal static class GrpcServices
{
    private static readonly string[] _names = ["", "saasflows.v1.WorkflowService", "WorkflowService"];

    public static IServiceCollection AddGrpcServices(this IServiceCollection services)
    {
        services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = RequestBody.MaxBytes;
            // Answers may be as large as in REST.
            options.MaxSendMessageSize = null;
            options.IgnoreUnknownServices = true;
            options.Interceptors.Add<UnexpectedErrorsInterceptor>();
        });
        services.AddSingleton<UnexpectedErrorsInterceptor>();
        services.AddSingleton<ExecutionWatch>();
        services.AddSingleton<WorkflowCalls>();
        services.AddSingleton<BareWorkflowCalls>();
        services.AddGrpcReflection();
        services.AddSingleton(provider => Health(provider.GetRequiredService<IHostApplicationLifetime>()));
        // It logs as errors what callers send; what is our fault is logged by the interceptor.
        return services.AddLogging(logging => logging.AddFilter("Grpc", LogLevel.Critical));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<WorkflowCalls>().WithMetadata(GrpcMethod.Instance).Add(Declare);
        routes.MapGrpcService<BareWorkflowCalls>().WithMetadata(GrpcMethod.Instance).Add(Declare);
        // Their streams are quiet for long, so they hold no place of a request.
        routes.MapGrpcService<HealthServiceImpl>().IsPublic().NeedsNoDatabase().WithMetadata(GrpcMethod.Instance, AlwaysLetIn.Instance);
        routes.MapGrpcReflectionService().IsPublic().NeedsNoDatabase().WithMetadata(GrpcMethod.Instance, AlwaysLetIn.Instance);
    }

    // A method that says nothing is open to every caller who signed in: the test that walks all routes fails for it.
    private static void Declare(EndpointBuilder method)
    {
        if (method.Metadata.OfType<NeedsAttribute>().FirstOrDefault() is { } needs)
        {
            method.Metadata.Add(new AccessRule.Holder(needs.Permission));
        }
    }

    // Whether the server takes calls. Whether it is ready is another question, with a route of its own.
    private static HealthServiceImpl Health(IHostApplicationLifetime lifetime)
    {
        var health = new HealthServiceImpl();
        Array.ForEach(_names, name => health.SetStatus(name, HealthCheckResponse.Types.ServingStatus.Serving));
        lifetime.ApplicationStopping.Register(() =>
            Array.ForEach(_names, name => health.SetStatus(name, HealthCheckResponse.Types.ServingStatus.NotServing))
        );
        return health;
    }
}
