using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.SigningKeys.Internal;

/// <summary>The signing keys in memory. The first process to need one makes it; all others find it.</summary>
internal sealed partial class SigningKeyRing(SigningKeyTable table, SecretVault vault, TimeProvider time, ILogger<SigningKeyRing> logger) : IDisposable
{
    private const string Purpose = "signing_key";

    // Long enough that made-up key ids can't turn into queries, short enough for a rotated key.
    private static readonly TimeSpan _betweenReloads = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _currentFor = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _loading = new(1);
    private volatile Keys? _keys;

    public async ValueTask<SigningKey> CurrentAsync(CancellationToken ct)
    {
        var keys = await KeysAsync(maxAge: _currentFor, ct);
        return keys.Current;
    }

    public async ValueTask<IEnumerable<SigningKey>> AllAsync(CancellationToken ct)
    {
        var keys = await KeysAsync(maxAge: _currentFor, ct);
        return keys.ById.Values;
    }

    /// <summary>Null for a key that is not ours. An unknown id reloads, at most every five seconds.</summary>
    public async ValueTask<SigningKey?> FindAsync(string kid, CancellationToken ct)
    {
        if (_keys is { } loaded && loaded.ById.TryGetValue(kid, out var known))
        {
            return known;
        }

        var keys = await KeysAsync(_betweenReloads, ct);
        return keys.ById.GetValueOrDefault(kid);
    }

    public void Dispose() => _loading.Dispose();

    private async ValueTask<Keys> KeysAsync(TimeSpan maxAge, CancellationToken ct)
    {
        if (Fresh(maxAge) is { } fresh)
        {
            return fresh;
        }

        await _loading.WaitAsync(ct);
        try
        {
            return Fresh(maxAge) ?? (_keys = await LoadAsync(ct));
        }
        finally
        {
            _loading.Release();
        }
    }

    private Keys? Fresh(TimeSpan maxAge) => _keys is { } keys && time.GetElapsedTime(keys.LoadedAt) < maxAge ? keys : null;

    private async Task<Keys> LoadAsync(CancellationToken ct)
    {
        while (true)
        {
            var loadedAt = time.GetTimestamp();
            var byId = new Dictionary<string, SigningKey>();
            SigningKey? current = null;
            foreach (var row in await table.ReadAsync(ct))
            {
                if (await OpenAsync(row, ct) is { } key)
                {
                    byId.Add(key.Kid, key);
                    current = row.Retired ? current : key;
                }
            }

            if (current is not null)
            {
                return new(current, byId, loadedAt);
            }

            await MakeAsync(ct);
        }
    }

    // The public half is computed from the sealed one: whoever can write the table, but not seal, can't add a key.
    private async Task<SigningKey?> OpenAsync(SigningKeyRow row, CancellationToken ct)
    {
        var opened = await vault.OpenAsync(null, Purpose, row.Kid, row.SealedPrivateKey, ct);
        return opened.Match<SigningKey?>(
            opened: secret =>
            {
                using var _ = secret;
                using var pair = ECDsa.Create();
                pair.ImportPkcs8PrivateKey(secret.Reveal().Span, out var _);
                return new SigningKey(pair);
            },
            refused: code =>
            {
                if (!row.Retired)
                {
                    throw new InvalidOperationException($"The token-signing key {row.Kid} can't be opened ({code}): check SAASFLOWS_MASTER_KEY.");
                }

                Log.RetiredKeyShut(logger, row.Kid, code);
                return null;
            });
    }

    private async Task MakeAsync(CancellationToken ct)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kid = SigningKey.KidOf(pair);
        var privateKey = pair.ExportPkcs8PrivateKey();
        try
        {
            var envelope = await vault.SealAsync(null, Purpose, kid, privateKey, ct);
            await table.TryAddAsync(kid, pair.ExportSubjectPublicKeyInfo(), envelope, ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    private sealed record Keys(SigningKey Current, IReadOnlyDictionary<string, SigningKey> ById, long LoadedAt);

    private static partial class Log
    {
        [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Retired signing key {Kid} can't be opened ({Code}): its tokens are refused")]
        public static partial void RetiredKeyShut(ILogger logger, string kid, string code);
    }
}
