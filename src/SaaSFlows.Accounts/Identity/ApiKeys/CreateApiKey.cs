using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>Makes a key for oneself or a service account.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="Owner">A service account; null is the caller.</param>
/// <param name="Permissions">Null is all that both the owner and the caller have.</param>
/// <param name="Communities">Null is all that the owner acts in.</param>
/// <param name="ExpiresAt">At most <see cref="ApiKeysHandler.LongestLifetime"/> from now, which it also is if null.</param>
public sealed record CreateApiKey(
    string? Name,
    UserId? Owner,
    IReadOnlyList<string>? Permissions,
    IReadOnlyList<CommunityId>? Communities,
    DateTimeOffset? ExpiresAt
);
