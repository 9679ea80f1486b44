using System.Security.Cryptography;
using SaaSFlows.Primitives;
using SaaSFlows.Vault.Internal;

namespace SaaSFlows.Vault;

/// <summary>
/// Seals secrets of one scope without access to the store, for callers that hold a connection or a transaction. Short-lived; disposing it wipes the
/// key.
/// </summary>
public sealed class Sealer : IDisposable
{
    private readonly TenantId? _scope;
    private readonly WrappedDataKey _wrapped;
    private readonly byte[] _key;

    internal Sealer(TenantId? scope, WrappedDataKey wrapped, byte[] key) => (_scope, _wrapped, _key) = (scope, wrapped, key);

    /// <summary>Seals like <see cref="SecretVault.SealAsync"/>.</summary>
    public byte[] Seal(string purpose, string recordId, ReadOnlySpan<byte> plaintext) =>
        Envelope.Seal(
            _key,
            Envelope.MasterKeyId(_wrapped.Envelope),
            _wrapped.Id,
            new Binding(_scope, purpose, recordId),
            RandomNumberGenerator.GetBytes(Envelope.NonceSize),
            plaintext
        );

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}
