using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

internal static partial class EngineLog
{
    private static readonly Func<ILogger, TenantId, ExecutionId, IDisposable?> InExecution = LoggerMessage.DefineScope<TenantId, ExecutionId>(
        "tenant {Tenant}, execution {ExecutionId}"
    );

    /// <summary>Names tenant and execution in every line until it is disposed.</summary>
    public static IDisposable? Execution(ILogger logger, ExecutionRef execution) => InExecution(logger, execution.Tenant, execution.Id);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Debug, Message = "Claimed execution {ExecutionId} with fence {Fence}")]
    public static partial void Claimed(ILogger logger, ExecutionId executionId, long fence);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Debug, Message = "Left execution {ExecutionId}: {Outcome}")]
    public static partial void Left(ILogger logger, ExecutionId executionId, RunOutcome outcome);

    [LoggerMessage(
        EventId = 2103,
        Level = LogLevel.Error,
        Message = "Execution {ExecutionId} broke its runner; it goes on when its lease has run out"
    )]
    public static partial void RunnerBroke(ILogger logger, ExecutionId executionId, Exception error);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Error, Message = "The activity of node {NodeId} threw in execution {ExecutionId}")]
    public static partial void ActivityBroke(ILogger logger, ExecutionId executionId, NodeId nodeId, Exception error);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Warning, Message = "The queue did not answer; trying again")]
    public static partial void QueueFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "Leases were not renewed in time: {Count} executions dropped")]
    public static partial void LeasesExpired(ILogger logger, int count);

    [LoggerMessage(EventId = 2107, Level = LogLevel.Information, Message = "Shutting down with {Count} executions in hand")]
    public static partial void Draining(ILogger logger, int count);
}
