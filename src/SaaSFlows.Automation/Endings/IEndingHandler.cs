using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.Endings;

/// <summary>
/// Handles one kind of ending. It may be called again for the same ending, also at the same time in another process, so it must be idempotent.
/// </summary>
internal interface IEndingHandler
{
    /// <summary>The kind of ending, a single flag.</summary>
    EndingFlags Flag { get; }

    /// <summary>Returns when the work is done. An exception is logged, and the ending is tried again later.</summary>
    Task HandleAsync(Ending ending, CancellationToken ct);

    /// <summary>
    /// Called after too many failures, to finish in another way. Returns false if there is no other way; then it is tried again without a limit.
    /// </summary>
    Task<bool> TryGiveUpAsync(Ending ending, CancellationToken ct) => Task.FromResult(false);
}
