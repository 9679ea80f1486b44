using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.ApiKeys.Internal;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>Checks the API keys of requests. Singleton.</summary>
public sealed class ApiKeyAuthentication
{
    private readonly ApiKeyCache _cache;
    private readonly TimeProvider _time;

    internal ApiKeyAuthentication(ApiKeyCache cache, TimeProvider time) => (_cache, _time) = (cache, time);

    /// <summary>Whether the text has the form of an API key, valid or not. Access tokens never have it.</summary>
    public static bool LooksLikeOne(string text) => text.StartsWith("sf_", StringComparison.Ordinal);

    /// <summary>
    /// Returns the key's owner, at most five seconds old and narrowed to the key's permissions, or <see cref="AccountsError.Unauthenticated"/>.
    /// </summary>
    public async Task<AccountsResult<Caller>> AuthenticateAsync(string secret, CancellationToken ct)
    {
        if (ApiKeySecret.Hash(secret) is not { } hash || await _cache.FindAsync(hash, ct) is not { } key)
        {
            return new AccountsError.Unauthenticated("api_key.refused", "The API key is wrong or was revoked, or its owner is no longer a member.");
        }

        return key.ExpiresAt > _time.GetUtcNow()
            ? key.Caller
            : new AccountsError.Unauthenticated("api_key.expired", "The API key has expired. Make a new one.");
    }
}
