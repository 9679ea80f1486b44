using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace SaaSFlows.Accounts.Identity.ApiKeys.Internal;

/// <summary>
/// What the database said about a key within the last seconds, so that requests cost no query and a revoked key ends everywhere in that time.
/// Safe for concurrent use.
/// </summary>
internal sealed class ApiKeyCache(ApiKeyTable table, TimeProvider time) : IDisposable
{
    // Wrong keys are kept like right ones. Whoever fills this with them pays a query for each, and costs each right key in use one more.
    private const int MostEntries = 10_000;
    private const int MostLoads = 8;

    // A second less than promised: streams look once a second.
    private static readonly TimeSpan _goodFor = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<Digest, Entry> _entries = new();

    // A flood of wrong keys must not take the connections that sign-ins need.
    private readonly SemaphoreSlim _loads = new(MostLoads);

    /// <summary>For tests.</summary>
    public int Count => _entries.Count;

    /// <summary>Null for an unknown key. All who ask at the same moment wait for one query.</summary>
    public Task<ActiveApiKey?> FindAsync(byte[] hash, CancellationToken ct)
    {
        var digest = Digest.Of(hash);
        if (!_entries.TryGetValue(digest, out var entry) || time.GetElapsedTime(entry.LoadedAt) >= _goodFor)
        {
            entry = Renew(digest, entry, hash);
        }

        return entry.Key.Value.WaitAsync(ct);
    }

    /// <summary>A key was revoked. Loads that began before that may bring the key back, so they are forgotten too.</summary>
    public void Clear() => _entries.Clear();

    public void Dispose() => _loads.Dispose();

    private Entry Renew(Digest digest, Entry? old, byte[] hash)
    {
        if (_entries.Count >= MostEntries)
        {
            _entries.Clear();
        }

        // Its age counts from before the question.
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
