using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>An API key without its secret.</summary>
/// <param name="ApiKeyId">The public id.</param>
/// <param name="Owner">The owner.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Prefix">Its first characters, to tell keys apart.</param>
/// <param name="Permissions">The most that the key can do; the owner's permissions narrow it.</param>
/// <param name="Communities">The communities of the key; null means all of its owner's.</param>
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

/// <summary>A new key with its secret, which can't be shown again.</summary>
public sealed record IssuedApiKey(ApiKey Key, string Secret)
{
    public override string ToString() => "***";
}
