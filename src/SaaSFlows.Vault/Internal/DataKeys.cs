using System.Security.Cryptography;
using SaaSFlows.Primitives;

namespace SaaSFlows.Vault.Internal;

/// <summary>Makes, wraps, unwraps and re-wraps data keys.</summary>
internal sealed class DataKeys(MasterKeys masterKeys, IDataKeyStore store)
{
    private const int KeySize = 32;
    private const string Purpose = "data_key";

    private readonly DataKeyCache _cache = new(capacity: 1024);

    /// <summary>
    /// Returns the key that seals, and creates it if the scope has none. It is read from the store each time, so a rotation takes effect at once.
    /// </summary>
    public async Task<WrappedDataKey> NewestAsync(TenantId? scope, CancellationToken ct)
    {
        while (true)
        {
            if ((await store.ReadAsync(scope, ct)).MaxBy(k => k.Generation) is { } newest)
            {
                return newest;
            }

            await TryAddAsync(scope, generation: 1, ct);
        }
    }

    /// <summary>
    /// Returns the newest key that the configured master keys open, with its plaintext, which the caller wipes. Creates a key if there is none.
    /// </summary>
    public async Task<(WrappedDataKey Wrapped, byte[] Key)> SealingAsync(TenantId? scope, CancellationToken ct)
    {
        while (true)
        {
            var newest = 0;
            foreach (var wrapped in (await store.ReadAsync(scope, ct)).OrderByDescending(key => key.Generation))
            {
                newest = Math.Max(newest, wrapped.Generation);
                var (key, refusal) = Unwrap(scope, wrapped);
                if (key is not null)
                {
                    return (wrapped, key);
                }

                if (refusal != OpenRefusals.UnknownMasterKey)
                {
                    throw new InvalidOperationException($"Data key {wrapped.Id.Value} can't be unwrapped ({refusal}): its row was changed.");
                }
            }

            await TryAddAsync(scope, newest + 1, ct);
        }
    }

    public async Task<WrappedDataKey?> FindAsync(TenantId? scope, DataKeyId id, CancellationToken ct) =>
        (await store.ReadAsync(scope, ct)).FirstOrDefault(k => k.Id == id);

    public Task<bool> TryAddAsync(TenantId? scope, int generation, CancellationToken ct)
    {
        var id = new DataKeyId(Guid.NewGuid());
        var key = RandomNumberGenerator.GetBytes(KeySize);
        try
        {
            return store.TryAddAsync(scope, new(id, generation, Wrap(scope, id, key)), ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public byte[]? Cached(TenantId? scope, DataKeyId id) => _cache.Copy(new(scope, id));

    /// <summary>Returns the plaintext key, which the caller wipes, or the code of the refusal.</summary>
    public (byte[]? Key, string? Refusal) Unwrap(TenantId? scope, WrappedDataKey wrapped)
    {
        if (Cached(scope, wrapped.Id) is { } cached)
        {
            return (cached, null);
        }

        if (Envelope.Defect(wrapped.Envelope) is { } defect)
        {
            return (null, defect);
        }

        if (masterKeys.Find(Envelope.MasterKeyId(wrapped.Envelope)) is not { } master)
        {
            return (null, OpenRefusals.UnknownMasterKey);
        }

        // The row's id must equal the sealed id, or swapped rows would exchange the ids of keys.
        var key =
            Envelope.DataKey(wrapped.Envelope) == wrapped.Id
                ? WithWrappingKey(master, k => Envelope.Open(k, wrapped.Envelope, Binding(scope)))
                : null;
        if (key is null)
        {
            return (null, OpenRefusals.NotAuthentic);
        }

        _cache.Add(new(scope, wrapped.Id), key);
        return (key, null);
    }

    public async Task<int> RewrapAsync(TenantId? scope, CancellationToken ct)
    {
        var moved = 0;
        foreach (var wrapped in await store.ReadAsync(scope, ct))
        {
            if (
                !masterKeys.Current.Is(Envelope.MasterKeyId(wrapped.Envelope))
                && await store.TryReplaceAsync(scope, Rewrapped(scope, wrapped), wrapped.Envelope, ct)
            )
            {
                moved++;
            }
        }

        return moved;
    }

    private WrappedDataKey Rewrapped(TenantId? scope, WrappedDataKey wrapped)
    {
        var key =
            Unwrap(scope, wrapped).Key
            ?? throw new InvalidOperationException($"Data key {wrapped.Id.Value} can't be unwrapped with the configured master keys.");
        try
        {
            return wrapped with { Envelope = Wrap(scope, wrapped.Id, key) };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private byte[] Wrap(TenantId? scope, DataKeyId id, byte[] key)
    {
        var master = masterKeys.Current;
        return WithWrappingKey(
            master,
            wrappingKey => Envelope.Seal(wrappingKey, master.Id, id, Binding(scope), RandomNumberGenerator.GetBytes(Envelope.NonceSize), key)
        );
    }

    private static T WithWrappingKey<T>(MasterKey master, Func<byte[], T> use)
    {
        var key = master.Derive("wrap");
        try
        {
            return use(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static Binding Binding(TenantId? scope) => new(scope, Purpose, recordId: "");
}
