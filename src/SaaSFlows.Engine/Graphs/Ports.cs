namespace SaaSFlows.Engine.Graphs;

/// <summary>Port names that the kernel itself knows.</summary>
internal static class Ports
{
    /// <summary>Where a token leaves a node that failed, if its author wants that.</summary>
    public const string Error = "error";

    /// <summary>Where a loop sends its iterations.</summary>
    public const string Loop = "loop";

    /// <summary>Where a loop leaves that is over.</summary>
    public const string Complete = "complete";

    /// <summary>Where a break leaves that ends its loop.</summary>
    public const string Break = "break";

    /// <summary>Where a break leaves that does not end its loop.</summary>
    public const string Continue = "continue";
}
