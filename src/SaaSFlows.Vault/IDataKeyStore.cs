using SaaSFlows.Primitives;

namespace SaaSFlows.Vault;

/// <summary>Keeps the wrapped data keys. A scope is a tenant, or the platform when it is null.</summary>
public interface IDataKeyStore
{
    /// <summary>All data keys of the scope, in any order; empty before the first seal.</summary>
    Task<IReadOnlyList<WrappedDataKey>> ReadAsync(TenantId? scope, CancellationToken ct);

    /// <summary>Adds a key; false, without a change, when the scope has a key of this generation already.</summary>
    Task<bool> TryAddAsync(TenantId? scope, WrappedDataKey key, CancellationToken ct);

    /// <summary>
    /// Puts the envelope of <paramref name="key"/> in place of <paramref name="expected"/>; false, without a change, when another one is stored by
    /// now.
    /// </summary>
    Task<bool> TryReplaceAsync(TenantId? scope, WrappedDataKey key, ReadOnlyMemory<byte> expected, CancellationToken ct);
}
