using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Correlation;
using SaaSFlows.Api.Cors;
using SaaSFlows.Api.Exports;
using SaaSFlows.Api.Health;
using SaaSFlows.Api.Metrics;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.RateLimits;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Engine.Running;

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

    // Gauges of parts that know no meters.
    internal static void Watch(this IServiceProvider services)
    {
        var (meter, worker) = (
            services.GetRequiredService<IMeterFactory>().Create("SaaSFlows.Worker"),
            services.GetRequiredService<ExecutionWorker>()
        );
        meter.CreateObservableGauge("saasflows.executions.running", () => worker.Running, null, "Executions that run in this process.");
        meter.CreateObservableGauge(
            "saasflows.executions.waiting_for_slot",
            () => worker.Waiting,
            null,
            "New executions that wait in this process's memory for a slot."
        );
        meter.CreateObservableGauge(
            "saasflows.worker.slots",
            () => services.GetRequiredService<WorkerOptions>().Slots,
            null,
            "Executions that may run in this process at the same time."
        );
    }
}
