using System.Collections.Concurrent;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>
/// A cache of database results that are valid until the feed of changed rights has a change that concerns them, so that requests need no query.
/// Results for unknown tenants are valid for five seconds. Safe for concurrent use.
/// </summary>
internal sealed class FreshCache<TKey, TValue>(
    Func<TKey, CancellationToken, Task<TValue>> load,
    Func<TKey, TValue, (TenantId Tenant, UserId? User)?> concerns,
    AccessChanges changes,
    TimeProvider time
) : IDisposable
    where TKey : notnull
{
    private const int MostEntries = 10_000;
    private const int MostLoads = 8;

    private static readonly TimeSpan _nothingHoldsFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    // A flood of made-up names must not take the connections that sign-ins need.
    private readonly SemaphoreSlim _loads = new(MostLoads);

    public ValueTask<TValue> GetAsync(TKey key, CancellationToken ct)
    {
        if (!_entries.TryGetValue(key, out var entry) || !Holds(key, entry))
        {
            entry = Renew(key, entry);
        }

        var value = entry.Value.Value;
        return value.IsCompletedSuccessfully ? new(value.Result) : new(value.WaitAsync(ct));
    }

    public void Dispose() => _loads.Dispose();

    private bool Holds(TKey key, Entry entry)
    {
        var value = entry.Value.Value;
        if (changes.IsBehind || !value.IsCompletedSuccessfully)
        {
            // Simultaneous calls share one query.
            return !value.IsCompleted;
        }

        return concerns(key, value.Result) is var (tenant, user)
            ? changes.Last(tenant, user) <= entry.AsOf
            : time.GetElapsedTime(entry.LoadedAt) < _nothingHoldsFor;
    }

    private Entry Renew(TKey key, Entry? old)
    {
        if (_entries.Count >= MostEntries)
        {
            _entries.Clear();
        }

        // Both are taken before the query.
        var renewed = new Entry(new(() => LoadAsync(key)), changes.Count, time.GetTimestamp());
        return _entries.AddOrUpdate(key, renewed, (_, current) => ReferenceEquals(current, old) ? renewed : current);
    }

    private async Task<TValue> LoadAsync(TKey key)
    {
        await _loads.WaitAsync();
        try
        {
            return await load(key, CancellationToken.None);
        }
        finally
        {
            _loads.Release();
        }
    }

    private sealed record Entry(Lazy<Task<TValue>> Value, long AsOf, long LoadedAt);
}
