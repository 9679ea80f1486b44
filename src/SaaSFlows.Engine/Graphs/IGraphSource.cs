using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Finds the compiled graph of a version; versions never change, so answers may be cached for ever.</summary>
public interface IGraphSource
{
    /// <summary>The graph, or null if the tenant has no such version.</summary>
    ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct);
}
