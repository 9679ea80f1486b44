using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Running;

namespace SaaSFlows.Api.Metrics;

/// <summary>Gauges of parts that know no meters.</summary>
internal static class WorkerGauges
{
    public static void Watch(this IServiceProvider services)
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
