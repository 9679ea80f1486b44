using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>Creates a key for the caller or a service account.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="Owner">A service account; null is the caller.</param>
/// <param name="Permissions">Null means all permissions that both the owner and the caller have.</param>
/// <param name="Communities">Null means all communities of the owner.</param>
/// <param name="ExpiresAt">At most <see cref="ApiKeysHandler.LongestLifetime"/> from now, which is also the default.</param>
public sealed record CreateApiKey(
    string? Name,
    UserId? Owner,
    IReadOnlyList<string>? Permissions,
    IReadOnlyList<CommunityId>? Communities,
    DateTimeOffset? ExpiresAt
);
