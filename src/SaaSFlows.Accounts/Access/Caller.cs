using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>The caller: a user in one tenant. Every use case takes a caller and asks it for permissions; nothing else decides about them.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Username">Shown to others; the e-mail address until the user picks another name.</param>
/// <param name="TenantId">The tenant of the membership that the token was made from.</param>
/// <param name="Permissions">What the membership's role grants, see <see cref="Permission"/>.</param>
/// <param name="Communities">The communities of the permissions.</param>
public sealed record Caller(UserId UserId, string Username, TenantId TenantId, IReadOnlySet<string> Permissions, CommunityAccess Communities)
{
    /// <summary>The name that others see in a chat: the user name, or the part before the @ as long as it is the e-mail address.</summary>
    public string DisplayName => Username.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? Username[..at] : Username;

    /// <summary>Where the request came from, for the audit log.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>The caller's credential, for the audit log; null if unknown.</summary>
    public Credential? Credential { get; init; }

    /// <summary>Whether the caller is a signed-in person, not an API key, a program or a token of another issuer.</summary>
    public bool HasSignedIn => Credential is { Kind: "session" };

    /// <summary>Whether the caller has the permission in the tenant. The caller's communities decide about single rows.</summary>
    public bool May(string permission) => Permissions.Contains(permission);

    /// <summary>
    /// Whether the caller has the permission in the community. Pass the community of the loaded object, never one that a request names.
    /// </summary>
    public bool May(string permission, CommunityId community) => May(permission) && Communities.Allows(permission, community);
}

/// <summary>A credential of a caller.</summary>
/// <param name="Kind"><c>session</c>, <c>api_key</c>, <c>client</c> or <c>issuer</c>.</param>
/// <param name="Id">Its id; never the secret itself.</param>
public sealed record Credential(string Kind, string Id);
