using SaaSFlows.Primitives;

namespace SaaSFlows.Vault;

/// <summary>Stores the wrapped data keys. A scope is a tenant; null is the platform.</summary>
public interface IDataKeyStore
{
    /// <summary>Returns all data keys of the scope in any order; empty before the first seal.</summary>
    Task<IReadOnlyList<WrappedDataKey>> ReadAsync(TenantId? scope, CancellationToken ct);

    /// <summary>Adds a key. Returns false and changes nothing if the scope already has a key of this generation.</summary>
    Task<bool> TryAddAsync(TenantId? scope, WrappedDataKey key, CancellationToken ct);

    /// <summary>
    /// Replaces the envelope <paramref name="expected"/> by that of <paramref name="key"/>. Returns false and changes nothing if another envelope is
    /// stored.
    /// </summary>
    Task<bool> TryReplaceAsync(TenantId? scope, WrappedDataKey key, ReadOnlyMemory<byte> expected, CancellationToken ct);
}
