using SaaSFlows.Primitives;

namespace SaaSFlows.Vault.Tests;

/// <summary>The contract of <see cref="IDataKeyStore"/>, without a database.</summary>
internal class InMemoryDataKeyStore : IDataKeyStore
{
    private readonly Lock _lock = new();
    private readonly List<(TenantId? Scope, WrappedDataKey Key)> _rows = [];

    public int Reads { get; private set; }

    public IReadOnlyList<WrappedDataKey> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _rows.Select(r => r.Key)];
            }
        }
    }

    public virtual Task<IReadOnlyList<WrappedDataKey>> ReadAsync(TenantId? scope, CancellationToken ct)
    {
        lock (_lock)
        {
            Reads++;
            return Task.FromResult<IReadOnlyList<WrappedDataKey>>([.. _rows.Where(r => r.Scope == scope).Select(r => r.Key)]);
        }
    }

    public Task<bool> TryAddAsync(TenantId? scope, WrappedDataKey key, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_rows.Any(r => r.Scope == scope && r.Key.Generation == key.Generation))
            {
                return Task.FromResult(false);
            }

            _rows.Add((scope, key));
            return Task.FromResult(true);
        }
    }

    public Task<bool> TryReplaceAsync(TenantId? scope, WrappedDataKey key, ReadOnlyMemory<byte> expected, CancellationToken ct)
    {
        lock (_lock)
        {
            var at = _rows.FindIndex(r => r.Scope == scope && r.Key.Id == key.Id && expected.Span.SequenceEqual(r.Key.Envelope));
            if (at >= 0)
            {
                _rows[at] = (scope, key);
            }

            return Task.FromResult(at >= 0);
        }
    }
}
