using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Issuers.Internal;

namespace SaaSFlows.Accounts.Issuers;

/// <summary>
/// Checks tokens of issuers that a tenant trusts. The request names the tenant. The tenant's trust defines the member and the permissions. Only
/// issuer, audience, times and the claim with the user are read from the token. Singleton, safe for concurrent use.
/// </summary>
public sealed class OutsideTokens
{
    private const int LongestSubject = 255;

    private static readonly AccountsError _refused = new AccountsError.TokenRefused();

    private readonly AccessTokens _tokens;
    private readonly Trusts _trusts;
    private readonly IssuerKeys _keys;

    internal OutsideTokens(AccessTokens tokens, Trusts trusts, IssuerKeys keys) => (_tokens, _trusts, _keys) = (tokens, trusts, keys);

    /// <summary>
    /// Returns the member of the token; <see cref="AccountsError.TokenRefused"/>, or <see cref="AccountsError.Unauthenticated"/> if the reason helps
    /// the caller.
    /// </summary>
    /// <param name="tenant">The slugs and ids by which the request names the tenant: all must mean the same tenant.</param>
    public async Task<AccountsResult<OutsideToken>> AuthenticateAsync(string token, IReadOnlyList<string> tenant, CancellationToken ct)
    {
        if (_tokens.ReadOutside(token) is not { Issuer: { } issuer, Algorithm: { } algorithm, Kid: { } kid } text)
        {
            return _refused;
        }

        if (tenant.Count == 0)
        {
            return new AccountsError.Unauthenticated(
                "tenant.not_named",
                "The token is from another issuer. Name the tenant that trusts it, by the header X-Tenant (id or slug) or by its host name."
            );
        }

        var trust = (await _trusts.OfAsync(tenant, issuer, ct)).FirstOrDefault(one =>
            text.Audiences.Contains(one.Audience) && one.Algorithms.Contains(algorithm)
        );
        if (trust is null)
        {
            return _refused;
        }

        var (key, isReachable) = await _keys.FindAsync(trust, kid, algorithm, ct);
        if (!isReachable)
        {
            return new AccountsError.Unauthenticated(
                "issuer.unreachable",
                "The keys of the token's issuer could not be fetched. Try again in a minute."
            );
        }

        return
            key is not null
            && await _tokens.IsValidAsync(token, text, key, trust.Issuer, trust.Audience)
            && Read(text.Payload, trust.UserClaim) is var (subject, expires)
            ? await CallerAsync(trust, subject, expires, tenant, ct)
            : _refused;
    }

    /// <summary>Returns the caller with current permissions; null if the trust or its assignment of this user was changed or ended.</summary>
    public async ValueTask<Caller?> CurrentAsync(OutsideToken token, CancellationToken ct)
    {
        var trust = (await _trusts.OfAsync(token.Tenant, token.Trust.Issuer, ct)).FirstOrDefault(one =>
            one.Id == token.Trust.Id && one.UpdatedAt == token.Trust.UpdatedAt
        );
        return trust is null ? null : await _trusts.CallerAsync(trust, token.Subject, ct);
    }

    private async Task<AccountsResult<OutsideToken>> CallerAsync(
        Trust trust,
        string subject,
        DateTimeOffset expires,
        IReadOnlyList<string> tenant,
        CancellationToken ct
    ) =>
        await _trusts.CallerAsync(trust, subject, ct) is { } caller
            ? new OutsideToken(caller, expires, trust, subject, tenant)
            : new AccountsError.Unauthenticated("issuer.user_unknown", "The token is valid, but the tenant has assigned no member to its subject.");

    // An address that the issuer has not verified can belong to anybody.
    private static (string Subject, DateTimeOffset ExpiresAt)? Read(byte[] payload, string claim)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var claims = document.RootElement;
            return
                TokenText.Text(claims, claim) is { Length: > 0 and <= LongestSubject } subject
                && !subject.Any(char.IsControl)
                && (claim != "email" || (claims.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True))
                ? (subject, DateTimeOffset.FromUnixTimeSeconds((long)claims.GetProperty("exp").GetDouble()))
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}

/// <summary>A token of another issuer that was checked.</summary>
public sealed class OutsideToken
{
    internal OutsideToken(Caller caller, DateTimeOffset expiresAt, Trust trust, string subject, IReadOnlyList<string> tenant) =>
        (Caller, ExpiresAt, Trust, Subject, Tenant) = (caller, expiresAt, trust, subject, tenant);

    /// <summary>The member of the token.</summary>
    public Caller Caller { get; }

    /// <summary>The end of the token. Streams must end then.</summary>
    public DateTimeOffset ExpiresAt { get; }

    internal Trust Trust { get; }

    internal string Subject { get; }

    internal IReadOnlyList<string> Tenant { get; }
}
