namespace SaaSFlows.Engine.Starting;

/// <summary>What follows from the end of an execution. Numbers are stored: never reuse or renumber one.</summary>
[Flags]
public enum EndingFlags : short
{
    None = 0,

    /// <summary>A parent waits for it.</summary>
    TellParent = 1,

    /// <summary>It has waited for children. Set when the first one is accepted.</summary>
    CancelChildren = 2,

    /// <summary>It has a place in the line of a workflow with a limit on concurrency.</summary>
    LeaveLine = 4,

    /// <summary>Its workflow names another one that looks after failures. Heeded only if it failed.</summary>
    StartOnFailure = 8,
}
