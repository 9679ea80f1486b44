using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Outbound;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>
/// The keys of other issuers in memory, by their address, so that the settings of one tenant give no key to the trust of another. Each address is
/// called at most once a minute. Safe for concurrent use.
/// </summary>
internal sealed partial class IssuerKeys(OutboundHttp http, TimeProvider time, ILogger<IssuerKeys> logger)
{
    private const int MostBytes = 256 * 1024;
    private const int MostPlaces = 10_000;

    private static readonly TimeSpan _betweenLoads = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    // First refreshed in the background; later, requests wait for it; in the end, if the issuer does not answer, its keys are refused.
    private static readonly TimeSpan _refreshAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _waitAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _goodFor = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Place> _places = new(StringComparer.Ordinal);

    /// <summary>Returns the key with this id for this algorithm. Fetches the keys from the issuer when that is due.</summary>
    public async ValueTask<FoundKey> FindAsync(Trust trust, string kid, string algorithm, CancellationToken ct)
    {
        if (_places.Count >= MostPlaces)
        {
            _places.Clear();
        }

        var place = _places.GetOrAdd(trust.JwksUri ?? trust.Discovery, _ => new());
        var found = place.Find(kid, algorithm);
        var age = place.Keys is { } keys ? time.GetElapsedTime(keys.LoadedAt) : TimeSpan.MaxValue;
        if (found is not null && age < _waitAfter)
        {
            if (age >= _refreshAfter)
            {
                _ = LoadAsync(place, trust);
            }

            return new(found, IsReachable: true);
        }

        await LoadAsync(place, trust).WaitAsync(ct);
        return place.Keys is { } now && time.GetElapsedTime(now.LoadedAt) < _goodFor
            ? new(place.Find(kid, algorithm), IsReachable: true)
            : new(null, IsReachable: false);
    }

    // Simultaneous calls for the same keys share one request.
    private Task LoadAsync(Place place, Trust trust)
    {
        lock (place)
        {
            if (place.Loading.IsCompleted && (place.TriedAt is not { } at || time.GetElapsedTime(at) >= _betweenLoads))
            {
                place.TriedAt = time.GetTimestamp();
                place.Loading = Task.Run(() => LoadAsync(place, trust.Issuer, trust.JwksUri, trust.Discovery));
            }

            return place.Loading;
        }
    }

    private async Task LoadAsync(Place place, string issuer, string? jwksUri, string discovery)
    {
        var asked = time.GetTimestamp();
        try
        {
            var uri = jwksUri ?? JwksUri(issuer, await GetAsync(new(discovery)));
            place.Keys = new(IssuerKey.ReadAll(await GetAsync(new(uri))), asked);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            Log.NoKeys(logger, issuer, e.Message);
        }
    }

    // The document must name the issuer (OpenID Connect Discovery, section 4.3).
    private static string JwksUri(string issuer, ReadOnlyMemory<byte> metadata)
    {
        using var document = JsonDocument.Parse(metadata);
        return TokenText.Text(document.RootElement, "issuer") != issuer
                ? throw new InvalidDataException("the discovery document is of another issuer")
            : TokenText.Text(document.RootElement, "jwks_uri") is { } uri && TrustRules.IsAddress(uri) ? uri
            : throw new InvalidDataException("the discovery document names no usable jwks_uri");
    }

    private async Task<ReadOnlyMemory<byte>> GetAsync(Uri uri)
    {
        var result = await http.SendAsync(
            new("GET", uri, _timeout) { Headers = [new("Accept", "application/json")], MaxResponseBytes = MostBytes },
            CancellationToken.None
        );
        return result.Match(
            response => response.Status == 200 ? response.Body : throw new InvalidDataException($"answered with the status {response.Status}"),
            refused => throw new InvalidDataException(refused.Code),
            failed => throw new InvalidDataException(failed.Code)
        );
    }

    /// <param name="LoadedAt">When they were asked for.</param>
    private sealed record Loaded(IReadOnlyList<IssuerKey> Keys, long LoadedAt);

    private sealed class Place
    {
        private volatile Loaded? _keys;

        public Loaded? Keys
        {
            get => _keys;
            set => _keys = value;
        }

        public long? TriedAt { get; set; }

        public Task Loading { get; set; } = Task.CompletedTask;

        public IssuerKey? Find(string kid, string algorithm) =>
            Keys?.Keys.FirstOrDefault(key => key.Kid == kid && key.Algorithms.Contains(algorithm));
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4401,
            Level = LogLevel.Warning,
            Message = "The keys of the issuer {Issuer} can't be had: {Why}. Its tokens are refused once the known keys are an hour old"
        )]
        public static partial void NoKeys(ILogger logger, string issuer, string why);
    }
}

/// <summary>A key, or the result that there is none.</summary>
/// <param name="IsReachable">False if the issuer did not answer.</param>
internal readonly record struct FoundKey(IssuerKey? Key, bool IsReachable);
