using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Cors;
using SaaSFlows.Api.Exports;
using SaaSFlows.Api.Health;
using SaaSFlows.Api.Metrics;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.RateLimits;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api;

/// <summary>Registers what operators need of the wire: metrics, health, limits.</summary>
public static class OperationsServices
{
    /// <summary>Needs the container's health checks, meters and a <see cref="BeforeScrape"/>.</summary>
    public static IServiceCollection AddApiOperations(
        this IServiceCollection services,
        MetricsOptions metrics,
        RateLimitOptions limits,
        OverloadOptions overload,
        CorsOptions cors,
        ExportOptions exports
    ) =>
        services
            .AddCors(cors)
            .AddSingleton(metrics)
            .AddSingleton(limits)
            .AddSingleton<RequestLimits>()
            .AddSingleton(overload)
            .AddSingleton<FairGate>()
            .AddSingleton<RequestGate>()
            .AddSingleton(exports)
            .AddSingleton<RunningExports>()
            .AddSingleton<MetricsCollector>()
            .AddSingleton<RehearsalMark>()
            .AddSingleton<OpenStreams>()
            .AddSingleton<LimitCount>()
            .AddSingleton<HealthReports>();
}
