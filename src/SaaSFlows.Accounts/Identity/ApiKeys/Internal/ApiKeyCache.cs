using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace SaaSFlows.Accounts.Identity.ApiKeys.Internal;

/// <summary>
/// A cache of keys that is at most some seconds old, so that requests need no query and a revoked key ends everywhere within that time. Safe for
/// concurrent use.
/// </summary>
internal sealed class ApiKeyCache(ApiKeyTable table, TimeProvider time) : IDisposable
{
    // Wrong keys are cached like right ones. An attacker who fills the cache needs a query for each, and each valid key then costs one more query.
    private const int MostEntries = 10_000;
    private const int MostLoads = 8;

    // A second less than documented, because streams check once a second.
    private static readonly TimeSpan _goodFor = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<Digest, Entry> _entries = new();

    // A flood of wrong keys must not take the connections that sign-ins need.
    private readonly SemaphoreSlim _loads = new(MostLoads);

    /// <summary>For tests.</summary>
    public int Count => _entries.Count;

    /// <summary>Returns null for an unknown key. Simultaneous calls share one query.</summary>
    public Task<ActiveApiKey?> FindAsync(byte[] hash, CancellationToken ct)
    {
        var digest = Digest.Of(hash);
        if (!_entries.TryGetValue(digest, out var entry) || time.GetElapsedTime(entry.LoadedAt) >= _goodFor)
        {
            entry = Renew(digest, entry, hash);
        }

        return entry.Key.Value.WaitAsync(ct);
    }

    /// <summary>Removes a revoked key. Results of queries that began before are dropped too, because they could bring the key back.</summary>
    public void Clear() => _entries.Clear();

    public void Dispose() => _loads.Dispose();

    private Entry Renew(Digest digest, Entry? old, byte[] hash)
    {
        if (_entries.Count >= MostEntries)
        {
            _entries.Clear();
        }

        // The age counts from before the query.
        var renewed = new Entry(new(() => LoadAsync(digest, hash)), time.GetTimestamp());
        return _entries.AddOrUpdate(digest, renewed, (_, current) => ReferenceEquals(current, old) ? renewed : current);
    }

    private async Task<ActiveApiKey?> LoadAsync(Digest digest, byte[] hash)
    {
        await _loads.WaitAsync();
        try
        {
            return await table.FindAsync(hash, CancellationToken.None);
        }
        catch
        {
            _entries.TryRemove(digest, out _);
            throw;
        }
        finally
        {
            _loads.Release();
        }
    }

    private sealed record Entry(Lazy<Task<ActiveApiKey?>> Key, long LoadedAt);

    private readonly record struct Digest(UInt128 First, UInt128 Second)
    {
        public static Digest Of(ReadOnlySpan<byte> hash) =>
            new(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
