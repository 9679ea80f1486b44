using System.Data.Common;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Freshness;

/// <summary>
/// The grants of a caller on a restricted workflow. They are needed in addition to the caller's permissions and never add to them. A database
/// function decides. Row-level security uses it too, so that a workflow without the grant to view is not found. Singleton, safe for concurrent use.
/// </summary>
public sealed class WorkflowAccess : IDisposable
{
    private const int MaxCached = 10_000;

    private readonly TenantDatabase _database;
    private readonly AccessChanges _changes;
    private readonly TimeProvider _time;
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxCached });

    internal WorkflowAccess(TenantDatabase database, AccessChanges changes, TimeProvider time) =>
        (_database, _changes, _time) = (database, changes, time);

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

    /// <summary>Whether the known restriction of a workflow still holds. Needs no query.</summary>
    public bool IsCurrent(WorkflowId workflow, DateTimeOffset readAt) => !_changes.IsBehind && !_changes.HasChanged(workflow, readAt);

    /// <summary>Called by the process that has changed the grants, which does not wait for the feed.</summary>
    public void HasChanged(WorkflowId workflow) => _changes.Add(null, null, null, workflow.Value);

    /// <summary>
    /// Returns the rights on a restricted workflow from memory. The database is read once for each caller, and again after a change that concerns the
    /// caller or the workflow.
    /// </summary>
    public async ValueTask<WorkflowRights> OfAsync(Caller caller, WorkflowId workflow, CancellationToken ct)
    {
        if (caller.Communities.IsWholeTenant)
        {
            return WorkflowRights.All;
        }

        var key = (workflow, caller.UserId, string.Join(',', caller.Communities.Roles.Keys.Select(community => community.Value).Order()));
        if (
            _known.TryGetValue<Known>(key, out var known)
            && IsCurrent(workflow, known!.At)
            && _changes.Since(caller.TenantId, caller.UserId, known.At) is null
        )
        {
            return known.Rights;
        }

        var asked = _time.GetUtcNow();
        var rights = await _database.QueryAsync(caller.Scope(), (connection, cancel) => OfAsync(connection, workflow, cancel), ct);
        _known.Set(key, new Known(rights, asked), new MemoryCacheEntryOptions { Size = 1 });
        return rights;
    }

    /// <summary>Returns the current rights of the user of the transaction's scope; all rights if the workflow is not restricted.</summary>
    /// <param name="transaction">A connection of the app role, inside a transaction of the workflow's tenant.</param>
    /// <param name="workflow">A workflow that is visible to the transaction.</param>
    /// <param name="ct">Cancels the query.</param>
    public static async Task<WorkflowRights> OfAsync(DbConnection transaction, WorkflowId workflow, CancellationToken ct)
    {
        await using var command = ((NpgsqlConnection)transaction).Command("select accounts.workflow_rights($1)", workflow.Value);
        return (WorkflowRights)(int)(await command.ExecuteScalarAsync(ct))!;
    }

    private sealed record Known(WorkflowRights Rights, DateTimeOffset At);
}
