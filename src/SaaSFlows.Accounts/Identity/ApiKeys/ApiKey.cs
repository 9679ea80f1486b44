using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>An API key as those who may manage it see it: without the secret.</summary>
/// <param name="ApiKeyId">Names it; opens nothing.</param>
/// <param name="Owner">Whom it speaks for.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">Its first characters, to tell keys apart.</param>
/// <param name="Permissions">What it may do at most; the owner's own permissions narrow that.</param>
/// <param name="Communities">Where; null is all that its owner acts in.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
/// <param name="LastUsedAt">To the minute; null if it was never used.</param>
public sealed record ApiKey(
    ApiKeyId ApiKeyId,
    UserId Owner,
    string Name,
    string Prefix,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<CommunityId>? Communities,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt
);

/// <summary>A new key with its secret, which nobody can show again.</summary>
public sealed record IssuedApiKey(ApiKey Key, string Secret)
{
    public override string ToString() => "***";
}
