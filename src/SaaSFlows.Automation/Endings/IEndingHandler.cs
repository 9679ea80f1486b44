using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Automation.Endings;

/// <summary>
/// What follows from one kind of end. May be called again for the same end, also at the same time in another process: doing it twice must change
/// nothing.
/// </summary>
internal interface IEndingHandler
{
    /// <summary>The kind: one flag.</summary>
    EndingFlags Flag { get; }

    /// <summary>Returns when it is done for good. What it throws is logged, and it is tried again later.</summary>
    Task HandleAsync(Ending ending, CancellationToken ct);

    /// <summary>It has failed too often: ends it in another way. False: there is none, and it is tried again for as long as it takes.</summary>
    Task<bool> TryGiveUpAsync(Ending ending, CancellationToken ct) => Task.FromResult(false);
}
