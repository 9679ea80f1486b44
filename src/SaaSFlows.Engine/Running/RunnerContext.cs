using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Running;

/// <summary>What all runners of a process share.</summary>
internal sealed record RunnerContext(
    IJournal Journal,
    IExecutionQueue Queue,
    IGraphSource Graphs,
    EngineLimits Limits,
    WorkerOptions Options,
    TimeProvider Time,
    ICrashProbe Probe,
    ILogger Logger,
    IDroppedWaits? Dropped = null
);
