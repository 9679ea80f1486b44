using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine;

/// <summary>Adds the engine to a container.</summary>
public static class EngineServices
{
    /// <summary>
    /// Adds catalogue and validator over all registered <see cref="IActivity"/>, and the worker as a singleton. The worker needs IJournal,
    /// IExecutionQueue and IGraphSource from elsewhere, and runs only where the host adds it as a hosted service.
    /// </summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static IServiceCollection AddEngine(this IServiceCollection services, EngineLimits limits, WorkerOptions options, WorkerId worker)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

#pragma warning disable RS0030 // The default of the injected clock: the one place that names it.
        services.TryAddSingleton(TimeProvider.System);
#pragma warning restore RS0030
        services.TryAddSingleton<ICrashProbe, NoCrashProbe>();
        services.AddSingleton(limits);
        services.AddSingleton(options);
        services.AddSingleton(provider => new ActivityCatalogue(provider.GetServices<IActivity>()));
        services.AddSingleton<GraphValidator>();
        services.AddSingleton<DryRunning.DryRun>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ExecutionWorker>(provider, worker));
        return services;
    }

    private sealed class NoCrashProbe : ICrashProbe
    {
        public void Reached(CrashPoint point) { }
    }
}
