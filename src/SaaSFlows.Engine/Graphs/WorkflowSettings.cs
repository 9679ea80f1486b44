namespace SaaSFlows.Engine.Graphs;

/// <summary>How a workflow's executions are started and looked after. Part of the definition, so each version has its own.</summary>
/// <param name="OnFailure">Id or key of the workflow that is started when an execution fails; null for none.</param>
/// <param name="Concurrency">Null: as many as come run at once.</param>
public sealed record WorkflowSettings(string? OnFailure, ConcurrencyLimit? Concurrency)
{
    public static WorkflowSettings None { get; } = new(null, null);
}

/// <summary>How many executions of a workflow may run or wait at once.</summary>
/// <param name="Limit">1 to 1,000.</param>
public sealed record ConcurrencyLimit(int Limit, ConcurrencyPolicy Policy);

/// <summary>What becomes of a start when the limit is reached.</summary>
public enum ConcurrencyPolicy
{
    /// <summary>It waits for its turn.</summary>
    Queue,

    /// <summary>It is refused.</summary>
    Skip,

    /// <summary>The oldest execution is asked to cancel, and this one waits for its place.</summary>
    CancelOldest,
}
