using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.TestKit;

/// <summary>Claims by somebody who has room for every tenant's executions.</summary>
public static class Claims
{
    /// <inheritdoc cref="IExecutionQueue.ClaimAsync"/>
    public static ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
        this IExecutionQueue queue,
        WorkerId worker,
        int max,
        TimeSpan lease,
        CancellationToken ct
    ) => queue.ClaimAsync(worker, max, lease, [], ct);
}
