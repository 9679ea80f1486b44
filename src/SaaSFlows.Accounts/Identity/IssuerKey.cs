using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A public key of another issuer, and the algorithms that it may be used with.</summary>
internal sealed class IssuerKey
{
    private const int MostKeys = 100;
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 8192;

    private static readonly string[] _rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    private readonly RSAParameters _rsaKey;
    private readonly ECParameters? _ecKey;

    private IssuerKey(string kid, IReadOnlyList<string> algorithms, RSAParameters rsa, ECParameters? ec) =>
        (Kid, Algorithms, _rsaKey, _ecKey) = (kid, algorithms, rsa, ec);

    /// <summary>All algorithms that a trust can allow. None uses a shared secret.</summary>
    public static IReadOnlyList<string> AllAlgorithms { get; } = [.. _rsa, "ES256", "ES384", "ES512"];

    public string Kid { get; }

    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>Returns the signing keys of a JWKS (RFC 7517). Unknown keys are left out.</summary>
    /// <exception cref="JsonException">It is no JWKS.</exception>
    public static IReadOnlyList<IssuerKey> ReadAll(ReadOnlyMemory<byte> jwks)
    {
        using var document = JsonDocument.Parse(jwks);
        return
            document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("keys", out var keys)
            && keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(Read).OfType<IssuerKey>().Take(MostKeys)]
            : throw new JsonException("The document contains no keys.");
    }

    /// <summary>Lends the key in the token library's form.</summary>
    public async Task<T> UseAsync<T>(Func<SecurityKey, Task<T>> use)
    {
        // Key objects are not safe for concurrent use, and the library's cache would share them, so each check makes its own.
        var factory = new CryptoProviderFactory { CacheSignatureProviders = false };
        if (_ecKey is { } parameters)
        {
            using var ecdsa = ECDsa.Create(parameters);
            return await use(new ECDsaSecurityKey(ecdsa) { KeyId = Kid, CryptoProviderFactory = factory });
        }

        using var rsa = RSA.Create(_rsaKey);
        return await use(new RsaSecurityKey(rsa) { KeyId = Kid, CryptoProviderFactory = factory });
    }

    private static IssuerKey? Read(JsonElement jwk)
    {
        try
        {
            if (
                jwk.ValueKind != JsonValueKind.Object
                || TokenText.Text(jwk, "kid") is not { Length: > 0 } kid
                || (TokenText.Text(jwk, "use") ?? "sig") != "sig"
            )
            {
                return null;
            }

            var key = TokenText.Text(jwk, "kty") switch
            {
                "RSA" => ReadRsa(kid, jwk),
                "EC" => ReadEc(kid, jwk),
                _ => null,
            };
            return key is null || TokenText.Text(jwk, "alg") is not { } only ? key
                : key.Algorithms.Contains(only) ? new(kid, [only], key._rsaKey, key._ecKey)
                : null;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static IssuerKey? ReadRsa(string kid, JsonElement jwk)
    {
        var parameters = new RSAParameters { Modulus = Bytes(jwk, "n"), Exponent = Bytes(jwk, "e") };
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize is >= SmallestRsa and <= LargestRsa ? new(kid, _rsa, parameters, null) : null;
    }

    private static IssuerKey? ReadEc(string kid, JsonElement jwk)
    {
        (ECCurve Curve, string Algorithm)? known = TokenText.Text(jwk, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, "ES384"),
            "P-521" => (ECCurve.NamedCurves.nistP521, "ES512"),
            _ => null,
        };
        if (known is not { } curve)
        {
            return null;
        }

        var parameters = new ECParameters
        {
            Curve = curve.Curve,
            Q = new() { X = Bytes(jwk, "x"), Y = Bytes(jwk, "y") },
        };
        // Refuses a point that is not on the curve.
        using var _ = ECDsa.Create(parameters);
        return new(kid, [curve.Algorithm], default, parameters);
    }

    private static byte[] Bytes(JsonElement jwk, string name) =>
        Base64UrlEncoder.DecodeBytes(TokenText.Text(jwk, name) ?? throw new FormatException(name));
}
