using System.Collections.Concurrent;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>
/// Finds tenants by slug, at most five seconds old, so that requests that name a tenant need no query. Singleton, safe for concurrent use.
/// </summary>
public sealed class TenantNames : IDisposable
{
    private const int MostEntries = 10_000;
    private const int MostLoads = 8;
    private const int LongestLabel = 63;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    // A flood of invented names must not take the connections that sign-ins need.
    private readonly SemaphoreSlim _loads = new(MostLoads);
    private readonly PostgresPools _pools;
    private readonly TimeProvider _time;

    internal TenantNames(PostgresPools pools, TimeProvider time) => (_pools, _time) = (pools, time);

    /// <summary>Returns the tenant (open, suspended or closing), or null if no tenant has the slug.</summary>
    public ValueTask<TenantId?> FindAsync(string slug, CancellationToken ct) =>
        slug.Length > LongestLabel || slug.Contains('\0', StringComparison.Ordinal) ? new((TenantId?)null)
        : _entries.TryGetValue(slug, out var known) && _time.GetElapsedTime(known.LoadedAt) < GoodFor ? new(known.Tenant)
        : new(LoadAsync(slug, ct));

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    private async Task<TenantId?> LoadAsync(string slug, CancellationToken ct)
    {
        await _loads.WaitAsync(ct);
        try
        {
            // The age counts from before the query.
            var asked = _time.GetTimestamp();
            await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
            await using var find = connection.Command("select accounts.tenant_named($1)", slug);
            TenantId? tenant = await find.ExecuteScalarAsync(ct) is Guid id ? new TenantId(id) : null;
            if (_entries.Count >= MostEntries)
            {
                _entries.Clear();
            }

            _entries[slug] = new(tenant, asked);
            return tenant;
        }
        finally
        {
            _loads.Release();
        }
    }

    private sealed record Entry(TenantId? Tenant, long LoadedAt);
}
