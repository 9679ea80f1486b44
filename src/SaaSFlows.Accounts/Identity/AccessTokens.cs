using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>
/// Makes and checks access tokens (ES256 only), and checks those of other issuers. ID tokens are made in OpenId, with the same pins (docs/adr/0010).
/// Safe for concurrent use.
/// </summary>
public sealed class AccessTokens
{
    private const string Algorithm = SecurityAlgorithms.EcdsaSha256;

    // RFC 9068: no other kind of JWT that these keys sign can pass as an access token.
    private const string Type = "at+jwt";

    // The types of access tokens. Logout tokens and other signed texts of an issuer have other types. Most issuers still use JWT.
    private static readonly string[] _outsideTypes = [Type, "application/" + Type, "JWT"];

    // A token that begins now may come from a clock that is ahead.
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(1);

    private static readonly JsonWebTokenHandler _handler = new()
    {
        SetDefaultTimesOnTokenCreation = false,
        MaximumTokenSizeInBytes = TokenText.Longest,
    };
    private static readonly Dictionary<string, object> _header = new() { ["typ"] = Type };

    private readonly SigningKeyRing _keys;
    private readonly AccessTokenOptions _options;
    private readonly TimeProvider _time;

    internal AccessTokens(SigningKeyRing keys, AccessTokenOptions options, TimeProvider time) => (_keys, _options, _time) = (keys, options, time);

    /// <summary>Signs a token for the caller.</summary>
    /// <param name="caller">The user of the token.</param>
    /// <param name="session">The session of the token.</param>
    /// <param name="forCookie">True adds a random csrf claim: the token may then live in a cookie.</param>
    /// <param name="ct">Cancels the loading of the keys.</param>
    public async Task<IssuedToken> IssueAsync(Caller caller, SessionId session, bool forCookie, CancellationToken ct) =>
        Issue(await KeyAsync(ct), caller, session, forCookie);

    /// <summary>
    /// Returns the current signing key. Loading the keys takes a connection, so a caller that needs a connection itself must get the key first.
    /// </summary>
    internal ValueTask<SigningKey> KeyAsync(CancellationToken ct) => _keys.CurrentAsync(ct);

    /// <summary>Signs like <see cref="IssueAsync"/>, with the given key.</summary>
    internal IssuedToken Issue(SigningKey key, Caller caller, SessionId session, bool forCookie)
    {
        var csrf = forCookie ? Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(24)) : null;
        return new(Sign(key, TokenPayload.Write(caller, session, _options, _time.GetUtcNow(), csrf)), _options.Lifetime, csrf);
    }

    /// <summary>Signs a token for a client with the granted scopes.</summary>
    internal IssuedToken Issue(SigningKey key, Caller caller, SessionId session, ClientGrant grant) =>
        new(Sign(key, TokenPayload.Write(grant.Narrow(caller), session, _options, _time.GetUtcNow(), null, grant)), _options.Lifetime, null);

    /// <summary>Checks signature, algorithm, type, issuer, audience and time.</summary>
    /// <returns>The caller, or <see cref="AccountsError.TokenRefused"/> without a reason: reasons help forgers.</returns>
    public async Task<AccountsResult<ValidToken>> ValidateAsync(string token, CancellationToken ct)
    {
        // The key decides the algorithm, never the token. Tokens with another algorithm or issuer are refused before the look-up of the key.
        if (
            TokenText.Read(token) is { Algorithm: Algorithm, Type: Type, Kid: { } kid } text
            && text.Issuer == _options.Issuer
            && await _keys.FindAsync(kid, ct) is { } key
            && await key.UseAsync(k => IsValidAsync(token, k, [Type], _options.Issuer, _options.Audience))
            && TokenPayload.Read(text.Payload) is { } valid
        )
        {
            return valid;
        }

        return new AccountsError.TokenRefused();
    }

    /// <summary>Checks a token of another issuer like <see cref="ValidateAsync"/>, with a key of that issuer and for that audience.</summary>
    internal async Task<bool> IsValidAsync(string token, TokenText text, IssuerKey key, string issuer, string audience) =>
        text.Algorithm is { } algorithm
        && text.Kid == key.Kid
        && key.Algorithms.Contains(algorithm)
        && await key.UseAsync(k => IsValidAsync(token, k, _outsideTypes, issuer, audience));

    /// <summary>
    /// Returns the unchecked content of a token of another issuer, to find the trust that can check it. Null for our own tokens and for other texts.
    /// </summary>
    internal TokenText? ReadOutside(string token) => TokenText.Read(token) is { } text && text.Issuer != _options.Issuer ? text : null;

    /// <summary>Whether the name is the issuer of this installation.</summary>
    internal bool IsOwnIssuer(string issuer) => issuer == _options.Issuer;

    /// <summary>The key set of <c>/.well-known/jwks.json</c>.</summary>
    public async Task<IReadOnlyList<PublicSigningKey>> PublicKeysAsync(CancellationToken ct) =>
        [.. (await _keys.AllAsync(ct)).Select(k => k.Public).OrderBy(k => k.Kid, StringComparer.Ordinal)];

    private static string Sign(SigningKey key, string payload) =>
        key.Use(k =>
            _handler.CreateToken(payload, new SigningCredentials(k, Algorithm) { CryptoProviderFactory = k.CryptoProviderFactory }, _header)
        );

    private async Task<bool> IsValidAsync(string token, SecurityKey key, string[] types, string issuer, string audience)
    {
        var result = await _handler.ValidateTokenAsync(
            token,
            new TokenValidationParameters
            {
                IssuerSigningKey = key,
                CryptoProviderFactory = key.CryptoProviderFactory,
                ValidTypes = types,
                ValidIssuer = issuer,
                ValidAudience = audience,
                LifetimeValidator = (from, until, _, _) => until > _time.GetUtcNow() && !(from > _time.GetUtcNow() + _skew),
            }
        );
        return result.IsValid;
    }
}
