namespace SaaSFlows.Engine.Graphs;

/// <summary>What validation found. Errors refuse publish and execute; warnings do not.</summary>
/// <param name="Errors">About the graph as a whole.</param>
/// <param name="NodeErrors">By node id, in the order of the definition; only nodes with errors.</param>
public sealed record ValidationReport(
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyDictionary<string, IReadOnlyList<string>> NodeErrors)
{
    public bool IsValid => ErrorCount == 0;

    /// <summary>Errors of the graph and of its nodes together.</summary>
    public int ErrorCount => Errors.Count + NodeErrors.Values.Sum(errors => errors.Count);
}
