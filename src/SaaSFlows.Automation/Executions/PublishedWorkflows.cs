using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>
/// A cache of the workflows that can be started. An entry may be stale: the accept statement checks the version again, and a refused caller reads
/// once more with <c>fresh</c>.
/// </summary>
public sealed class PublishedWorkflows(TenantDatabase database, VersionGraphs graphs, TimeProvider time) : IDisposable
{
    private const int MaxCached = 10_000;

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = MaxCached });

    public void Dispose() => cache.Dispose();

    /// <summary>Returns the workflow, or null if the tenant has none with this id. Only workflows that can be started are cached.</summary>
    internal async ValueTask<PublishedWorkflow?> FindAsync(TenantId tenant, WorkflowId id, bool fresh, CancellationToken ct)
    {
        if (!fresh && cache.TryGetValue<PublishedWorkflow>(id, out var known) && known!.Tenant == tenant)
        {
            return known;
        }

        var found = await LoadAsync(tenant, id, ct);
        if (found is { Graph: not null, Status: WorkflowStatus.Active, Paused: false })
        {
            cache.Set(id, found, new MemoryCacheEntryOptions { Size = 1 });
        }
        else
        {
            cache.Remove(id);
        }

        return found;
    }

    private async Task<PublishedWorkflow?> LoadAsync(TenantId tenant, WorkflowId id, CancellationToken ct)
    {
        var asked = time.GetUtcNow();
        var row = await database.RunAsync(
            new TenantScope(tenant, CommunityScope.All),
            (db, cancel) =>
                db
                    .Database.SqlQuery<Row>(
                        $"""
                        select community_id as "CommunityId", entity_id as "EntityId", status as "Status", paused as "Paused",
                        is_restricted as "IsRestricted",
                            published_version_id as "PublishedVersionId"
                        from automation.workflows where id = {id.Value}
                        """
                    )
                    .SingleOrDefaultAsync(cancel),
            ct
        );
        if (row is null)
        {
            return null;
        }

        var version = row.PublishedVersionId is { } published ? new WorkflowVersionId(published) : (WorkflowVersionId?)null;
        var graph = version is { } existing ? await graphs.FindAsync(tenant, existing, ct) : null;
        return new PublishedWorkflow(
            tenant,
            new CommunityId(row.CommunityId),
            new EntityId(row.EntityId),
            id,
            row.Status,
            row.Paused,
            row.IsRestricted,
            version,
            graph,
            asked
        );
    }

    private sealed record Row(long CommunityId, long EntityId, string Status, bool Paused, bool IsRestricted, Guid? PublishedVersionId);
}
