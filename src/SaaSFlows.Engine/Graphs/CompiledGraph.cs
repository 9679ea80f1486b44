namespace SaaSFlows.Engine.Graphs;

/// <summary>A published graph, ready to run: activities bound, templates compiled, reachability known. Immutable and shared.</summary>
public sealed class CompiledGraph
{
}
