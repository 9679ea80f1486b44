namespace SaaSFlows.Engine.Journaling;

/// <summary>Where an execution stands. Numbers are stored: never reuse or renumber one.</summary>
public enum ExecutionStatus : short
{
    /// <summary>Accepted, no worker has it.</summary>
    Queued = 1,

    /// <summary>A worker has it.</summary>
    Running = 2,

    /// <summary>Parked at bookmarks: no worker, no lease, no queue row.</summary>
    Waiting = 3,

    Completed = 4,

    Failed = 5,

    Cancelled = 6,
}
