using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Accounts.SigningKeys;
using SaaSFlows.Accounts.SigningKeys.Internal;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Makes and checks access tokens: ES256 only. The one place that touches the token library. Safe for concurrent use.</summary>
public sealed class AccessTokens
{
    private const string Algorithm = SecurityAlgorithms.EcdsaSha256;

    // RFC 9068: no other kind of JWT that these keys may sign one day can pass as an access token.
    private const string Type = "at+jwt";
    private const int LongestToken = 8 * 1024;

    private static readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MaximumTokenSizeInBytes = LongestToken };
    private static readonly Dictionary<string, object> _header = new() { ["typ"] = Type };

    private readonly SigningKeyRing _keys;
    private readonly AccessTokenOptions _options;
    private readonly TimeProvider _time;

    internal AccessTokens(SigningKeyRing keys, AccessTokenOptions options, TimeProvider time) => (_keys, _options, _time) = (keys, options, time);

    /// <summary>Signs a token for the caller.</summary>
    /// <param name="caller">Whom it speaks for.</param>
    /// <param name="session">The sign-in that it belongs to.</param>
    /// <param name="forCookie">True adds a random csrf claim: the token may then live in a cookie.</param>
    /// <param name="ct">Cancels the loading of the keys.</param>
    public async Task<IssuedToken> IssueAsync(Caller caller, SessionId session, bool forCookie, CancellationToken ct)
    {
        var csrf = forCookie ? Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(24)) : null;
        return new(await SignAsync(TokenPayload.Write(caller, session, _options, _time.GetUtcNow(), csrf), ct), _options.Lifetime, csrf);
    }

    /// <summary>Signs a token for a client, with no more than it was given.</summary>
    internal async Task<IssuedToken> IssueAsync(Caller caller, SessionId session, ClientGrant grant, CancellationToken ct) =>
        new(await SignAsync(TokenPayload.Write(grant.Narrow(caller), session, _options, _time.GetUtcNow(), null, grant), ct), _options.Lifetime, null);

    /// <summary>Checks signature, algorithm, type, issuer, audience and time.</summary>
    /// <returns>The caller, or <see cref="AccountsError.TokenRefused"/> without a reason: reasons help forgers.</returns>
    public async Task<AccountsResult<ValidToken>> ValidateAsync(string token, CancellationToken ct)
    {
        // The key decides the algorithm, never the token: what does not name ours is not even looked up.
        if (Read(token) is { Alg: Algorithm, Typ: Type, Kid.Length: > 0 } jwt
            && await _keys.FindAsync(jwt.Kid, ct) is { } key
            && key.Use(k => _handler.ValidateToken(token, Parameters(k)).IsValid)
            && TokenPayload.Read(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload)) is { } valid)
        {
            return valid;
        }

        return new AccountsError.TokenRefused();
    }

    /// <summary>The key set of <c>/.well-known/jwks.json</c>.</summary>
    public async Task<IReadOnlyList<PublicSigningKey>> PublicKeysAsync(CancellationToken ct) =>
        [.. (await _keys.AllAsync(ct)).Select(k => k.Public).OrderBy(k => k.Kid, StringComparer.Ordinal)];

    private async Task<string> SignAsync(string payload, CancellationToken ct)
    {
        var key = await _keys.CurrentAsync(ct);
        return key.Use(k => _handler.CreateToken(payload, new SigningCredentials(k, Algorithm) { CryptoProviderFactory = k.CryptoProviderFactory }, _header));
    }

    private static JsonWebToken? Read(string token)
    {
        try
        {
            return token.Length <= LongestToken && _handler.CanReadToken(token) ? new JsonWebToken(token) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        IssuerSigningKey = key,
        CryptoProviderFactory = key.CryptoProviderFactory,
        ValidTypes = [Type],
        ValidIssuer = _options.Issuer,
        ValidAudience = _options.Audience,
        LifetimeValidator = (_, expires, _, _) => expires is { } end && _time.GetUtcNow() < end,
    };
}
