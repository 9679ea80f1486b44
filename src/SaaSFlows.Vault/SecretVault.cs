using System.Security.Cryptography;
using SaaSFlows.Primitives;
using SaaSFlows.Vault.Internal;

namespace SaaSFlows.Vault;

/// <summary>Seals secrets for a tenant, or for the platform (scope null). Singleton, safe for concurrent use.</summary>
public sealed class SecretVault(MasterKeys masterKeys, IDataKeyStore store)
{
    private readonly DataKeys _dataKeys = new(masterKeys, store);

    /// <summary>
    /// Encrypts with the scope's newest data key that the configured master keys open. If there is none, the scope gets a new data key, so sealing
    /// also works after another master key was configured.
    /// </summary>
    /// <param name="scope">The owner; null for the platform.</param>
    /// <param name="purpose">The kind of secret, e.g. <c>credential</c>. The envelope opens only under the same purpose.</param>
    /// <param name="recordId">The row it belongs to. The envelope opens only for the same record.</param>
    /// <param name="plaintext">Any length. The caller wipes it.</param>
    /// <param name="ct">Cancels the look-up of the data key.</param>
    /// <returns>An envelope, 53 bytes longer than the plaintext.</returns>
    /// <exception cref="InvalidOperationException">A data key of the scope was changed without the master key.</exception>
    public async Task<byte[]> SealAsync(TenantId? scope, string purpose, string recordId, ReadOnlyMemory<byte> plaintext, CancellationToken ct)
    {
        using var sealer = await SealerAsync(scope, ct);
        return sealer.Seal(purpose, recordId, plaintext.Span);
    }

    /// <summary>
    /// Returns a sealer with the scope's newest data key, which is created if there is none. It can seal any number of secrets without the store.
    /// </summary>
    /// <exception cref="InvalidOperationException">As of <see cref="SealAsync"/>.</exception>
    public async Task<Sealer> SealerAsync(TenantId? scope, CancellationToken ct)
    {
        var (newest, key) = await _dataKeys.SealingAsync(scope, ct);
        return new Sealer(scope, newest, key);
    }

    /// <summary>Decrypts an envelope that was sealed with the same scope, purpose and record. The caller disposes the secret.</summary>
    public async Task<OpenResult> OpenAsync(TenantId? scope, string purpose, string recordId, ReadOnlyMemory<byte> envelope, CancellationToken ct)
    {
        var binding = new Binding(scope, purpose, recordId);
        if (Envelope.Defect(envelope.Span) is { } defect)
        {
            return new OpenResult.Refused(defect);
        }

        var (key, refusal) = await DataKeyAsync(scope, Envelope.DataKey(envelope.Span), ct);
        if (key is null)
        {
            return new OpenResult.Refused(refusal!);
        }

        try
        {
            return Envelope.Open(key, envelope.Span, binding) is { } plaintext
                ? new OpenResult.Opened(new Secret(plaintext))
                : new OpenResult.Refused(OpenRefusals.NotAuthentic);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Gives the scope a newer data key, which seals from now on. Older ones still open.</summary>
    public async Task AddDataKeyAsync(TenantId? scope, CancellationToken ct)
    {
        var newest = await _dataKeys.NewestAsync(scope, ct);
        // Another process was first: the scope has a newer key in any case.
        await _dataKeys.TryAddAsync(scope, newest.Generation + 1, ct);
    }

    /// <summary>Wraps the scope's data keys with the current master key. Envelopes stay as they are.</summary>
    /// <returns>The number of keys that were wrapped again.</returns>
    /// <exception cref="InvalidOperationException">A key was wrapped by a master key that is not configured.</exception>
    public Task<int> RewrapAsync(TenantId? scope, CancellationToken ct) => _dataKeys.RewrapAsync(scope, ct);

    private async Task<(byte[]? Key, string? Refusal)> DataKeyAsync(TenantId? scope, DataKeyId id, CancellationToken ct)
    {
        if (_dataKeys.Cached(scope, id) is { } cached)
        {
            return (cached, null);
        }

        return await _dataKeys.FindAsync(scope, id, ct) is { } wrapped ? _dataKeys.Unwrap(scope, wrapped) : (null, OpenRefusals.UnknownDataKey);
    }
}
