namespace SaaSFlows.Engine;

/// <summary>What one graph and one execution may use. Every refusal names the limit it met.</summary>
public sealed record EngineLimits
{
    public static EngineLimits Default { get; } = new();

    /// <summary>Nodes in one workflow.</summary>
    public int Nodes { get; init; } = 1_000;

    /// <summary>Node runs in one execution.</summary>
    public int NodeExecutions { get; init; } = 100_000;

    /// <summary>Bytes of JSON that may start an execution.</summary>
    public int InputBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of JSON that one node run may put out.</summary>
    public int OutputBytes { get; init; } = 256 * 1024;

    /// <summary>Bytes of log text of one node run.</summary>
    public int LogBytes { get; init; } = 64 * 1024;

    /// <summary>Tries of one effect that may be lost with their process before the node fails.</summary>
    public int LostTries { get; init; } = 10;
}
