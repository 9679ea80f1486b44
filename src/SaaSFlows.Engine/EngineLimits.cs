namespace SaaSFlows.Engine;

/// <summary>What one graph and one execution may use. Every refusal names the limit it met.</summary>
public sealed record EngineLimits
{
    public static EngineLimits Default { get; } = new();

    /// <summary>Nodes in one workflow.</summary>
    public int Nodes { get; init; } = 1_000;

    /// <summary>Node runs in one execution.</summary>
    public int NodeExecutions { get; init; } = 100_000;

    /// <summary>Iterations of one loop.</summary>
    public int Iterations { get; init; } = 10_000;

    /// <summary>Loops inside of one another.</summary>
    public int Nesting { get; init; } = 10;

    /// <summary>How long one execution may run; waiting does not count.</summary>
    public TimeSpan RunningTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Bytes of JSON that one loop may go through.</summary>
    public int ItemsBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of JSON that an execution may take from the environment when it starts.</summary>
    public int EnvironmentBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of JSON that one node run may put out. What starts an execution is what its trigger puts out: it has the same limit.</summary>
    public int OutputBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of the names and JSON values of all variables that one execution has at a time.</summary>
    public long VariablesBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of log text of one node run.</summary>
    public int LogBytes { get; init; } = 64 * 1024;

    /// <summary>Tries of one effect that may be lost with their process before the node fails.</summary>
    public int LostTries { get; init; } = 10;
}
