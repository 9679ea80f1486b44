using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Identity.SigningKeys.Internal;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Identity.SigningKeys;

/// <summary>
/// The signing keys in memory. A key is announced a day before it signs, and verifies until its last token has ended. The first process that needs a
/// key creates it; all others read it.
/// </summary>
internal sealed partial class SigningKeyRing(
    SigningKeyTable table,
    SecretVault vault,
    AccessTokenOptions options,
    TimeProvider time,
    ILogger<SigningKeyRing> logger
) : IDisposable
{
    private const string Purpose = "signing_key";

    private static readonly TimeSpan _announced = TimeSpan.FromDays(1);

    // An hour more than the lifetime of a token, because clocks differ.
    private static readonly TimeSpan _verifiesAfterwards = AccessTokenOptions.LongestLifetime + TimeSpan.FromHours(1);

    // Long enough that invented key ids can't cause many queries, short enough for a key that was just created.
    private static readonly TimeSpan _betweenReloads = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _goodFor = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _loading = new(1);
    private readonly HashSet<string> _shut = [];
    private volatile Keys? _keys;

    public async ValueTask<SigningKey> CurrentAsync(CancellationToken ct) => (await KeysAsync(_goodFor, ct)).Current(time.GetUtcNow());

    /// <summary>The keys that verify now, and the next one if it is announced.</summary>
    public async ValueTask<IEnumerable<SigningKey>> AllAsync(CancellationToken ct)
    {
        var (keys, now) = (await KeysAsync(_goodFor, ct), time.GetUtcNow());
        return keys.All.Where(one => now < one.VerifiesUntil).Select(one => one.Key);
    }

    /// <summary>Returns null for an unknown or expired key. An unknown id reloads the keys, at most every five seconds.</summary>
    public async ValueTask<SigningKey?> FindAsync(string kid, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return Fresh(_goodFor)?.Find(kid, now) ?? (await KeysAsync(_betweenReloads, ct)).Find(kid, now);
    }

    public void Dispose() => _loading.Dispose();

    private async ValueTask<Keys> KeysAsync(TimeSpan maxAge, CancellationToken ct)
    {
        // Also if nothing is loaded. Otherwise a caller that holds a connection would need a second one only every five minutes, and no test would
        // find it.
        table.DemandFree();
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
            var (loadedAt, now) = (time.GetTimestamp(), time.GetUtcNow());
            var rows = await table.ReadAsync(ct);
            // Keys that another master key sealed are ignored: they neither sign nor replace a signing key.
            var usable = await OpenAsync(rows, ct);
            if (SignsFrom(usable, now) is { } signsFrom)
            {
                await MakeAsync(rows.Count == 0 ? 1 : rows[^1].Generation + 1, signsFrom, ct);
                continue;
            }

            await ForgetAsync([.. usable.Where((_, place) => VerifiesUntil(usable, place) <= now).Select(one => one.Row.Kid)], ct);
            return new(
                [
                    .. usable
                        .Select((one, place) => new Entry(one.Key, one.Row.SignsFrom, VerifiesUntil(usable, place)))
                        .Where(entry => entry.VerifiesUntil > now),
                ],
                loadedAt
            );
        }
    }

    /// <summary>Returns the time at which a new key begins to sign; null if no key is needed.</summary>
    private DateTimeOffset? SignsFrom(List<(SigningKeyRow Row, SigningKey Key)> usable, DateTimeOffset now)
    {
        if (usable.Count == 0)
        {
            return now;
        }

        return usable[^1].Row.SignsFrom + options.SigningKeyLifetime - _announced <= now ? now + _announced : null;
    }

    private static DateTimeOffset VerifiesUntil(List<(SigningKeyRow Row, SigningKey Key)> usable, int place) =>
        place + 1 < usable.Count ? usable[place + 1].Row.SignsFrom + _verifiesAfterwards : DateTimeOffset.MaxValue;

    private async Task ForgetAsync(List<string> ended, CancellationToken ct)
    {
        if (ended.Count > 0)
        {
            await table.DeleteAsync(ended, ct);
        }
    }

    private async Task<List<(SigningKeyRow Row, SigningKey Key)>> OpenAsync(IReadOnlyList<SigningKeyRow> rows, CancellationToken ct)
    {
        var usable = new List<(SigningKeyRow, SigningKey)>();
        foreach (var row in rows)
        {
            if (await OpenAsync(row, ct) is { } key)
            {
                usable.Add((row, key));
            }
        }

        return usable;
    }

    // The public key is computed from the sealed private key, so write access to the table is not enough to add a key.
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
                if (_shut.Add(row.Kid))
                {
                    Log.KeyShut(logger, row.Kid, code);
                }

                return null;
            }
        );
    }

    private async Task MakeAsync(int generation, DateTimeOffset signsFrom, CancellationToken ct)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kid = SigningKey.KidOf(pair);
        var privateKey = pair.ExportPkcs8PrivateKey();
        try
        {
            var envelope = await vault.SealAsync(null, Purpose, kid, privateKey, ct);
            await table.TryAddAsync(new(kid, envelope, generation, signsFrom), pair.ExportSubjectPublicKeyInfo(), ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    private sealed record Entry(SigningKey Key, DateTimeOffset SignsFrom, DateTimeOffset VerifiesUntil);

    private sealed record Keys(IReadOnlyList<Entry> All, long LoadedAt)
    {
        // The process that created the first key may have had a clock that is ahead.
        public SigningKey Current(DateTimeOffset now) => (All.LastOrDefault(one => one.SignsFrom <= now) ?? All[0]).Key;

        public SigningKey? Find(string kid, DateTimeOffset now) => All.FirstOrDefault(one => one.Key.Kid == kid && now < one.VerifiesUntil)?.Key;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4001,
            Level = LogLevel.Warning,
            Message = "Signing key {Kid} can't be opened ({Code}): its tokens are refused, and another key signs. Was the master key changed?"
        )]
        public static partial void KeyShut(ILogger logger, string kid, string code);
    }
}
