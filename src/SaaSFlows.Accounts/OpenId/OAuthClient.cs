using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>A program that a tenant registered: members sign in to it, or it is a service account's.</summary>
/// <param name="ClientId">Public; opens nothing by itself.</param>
/// <param name="Name">As its tenant calls it; not unique.</param>
/// <param name="RedirectUris">Where codes may be sent: compared as text, but for the port of a loopback address.</param>
/// <param name="PostLogoutRedirectUris">Where browsers may be sent after a sign-out.</param>
/// <param name="IsPublic">Can keep no secret: an app in a browser or on a device.</param>
/// <param name="ServiceAccount">Whom client credentials speak for; null for an app that people sign in to.</param>
/// <param name="CreatedAt">When it was registered.</param>
public sealed record OAuthClient(
    OAuthClientId ClientId,
    string Name,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> PostLogoutRedirectUris,
    bool IsPublic,
    UserId? ServiceAccount,
    DateTimeOffset CreatedAt
);

/// <summary>A client with its new secret, which nobody can show again; null for a public one.</summary>
public sealed record IssuedOAuthClient(OAuthClient Client, string? Secret)
{
    public override string ToString() => "***";
}

/// <summary>Registers a client.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="RedirectUris">At least one, unless it is a service account's, which has none.</param>
/// <param name="PostLogoutRedirectUris">Null for none.</param>
/// <param name="IsPublic">True for none but PKCE.</param>
/// <param name="ServiceAccount">Set for client credentials.</param>
public sealed record CreateOAuthClient(
    string? Name,
    IReadOnlyList<string?>? RedirectUris,
    IReadOnlyList<string?>? PostLogoutRedirectUris,
    bool IsPublic,
    UserId? ServiceAccount
);
