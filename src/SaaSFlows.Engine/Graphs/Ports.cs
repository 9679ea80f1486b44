namespace SaaSFlows.Engine.Graphs;

/// <summary>Port names that the kernel itself knows.</summary>
internal static class Ports
{
    /// <summary>Where a token leaves a node that failed, if its author wants that.</summary>
    public const string Error = "error";
}
