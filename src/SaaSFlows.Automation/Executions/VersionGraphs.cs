using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>A cache of compiled graphs by version. A version never changes, so entries never become stale; the cache is bounded by memory.</summary>
public sealed class VersionGraphs(TenantDatabase database, ActivityCatalogue catalogue) : IGraphSource, IDisposable
{
    // The size is counted in nodes. A graph of 1,000 nodes takes some megabytes.
    private const int MaxCachedNodes = 200_000;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxCachedNodes });

    public async ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct)
    {
        if (cache.TryGetValue<CompiledGraph>((tenant, version), out var known))
        {
            return known;
        }

        var definition = await database.RunAsync(
            new TenantScope(tenant, CommunityScope.All),
            (db, cancel) => db.Set<WorkflowVersionRow>().Where(row => row.Id == version).Select(row => row.Definition).SingleOrDefaultAsync(cancel),
            ct
        );
        if (definition is null)
        {
            return null;
        }

        return Keep(tenant, version, definition);
    }

    /// <summary>Compiles a version and caches it.</summary>
    internal CompiledGraph Keep(TenantId tenant, WorkflowVersionId version, byte[] definition)
    {
        var graph = GraphCompiler.Compile(WorkflowDefinition.Read(definition, catalogue).Match(read => read, StoredDrafts.Broken), catalogue);
        cache.Set((tenant, version), graph, new MemoryCacheEntryOptions { Size = graph.Definition.Nodes.Count + 1 });
        return graph;
    }

    public void Dispose() => cache.Dispose();
}
