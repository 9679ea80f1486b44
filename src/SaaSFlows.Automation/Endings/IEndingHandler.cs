using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.Endings;

/// <summary>What follows from one kind of end. May be called again for the same end, also at the same time in another process: doing it twice must change nothing.</summary>
internal interface IEndingHandler
{
    /// <summary>The kind: one flag.</summary>
    EndingFlags Flag { get; }

    /// <summary>Returns when it is done for good. What it throws is logged, and it is tried again later.</summary>
    Task HandleAsync(Ending ending, CancellationToken ct);
}
