using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Who asks: a user acting in one tenant. Every use case takes it and asks it; nothing else decides about permissions.</summary>
/// <param name="UserId">The person.</param>
/// <param name="Username">Shown to others; the e-mail address until the user picks another name.</param>
/// <param name="TenantId">The tenant of the membership that the token was made from.</param>
/// <param name="Permissions">What the membership's role grants, see <see cref="Permission"/>.</param>
/// <param name="Communities">Where it is granted.</param>
public sealed record Caller(UserId UserId, string Username, TenantId TenantId, IReadOnlySet<string> Permissions, CommunityAccess Communities)
{
    /// <summary>What others read in a chat: the user name; as long as that is the e-mail address, only what stands before the @.</summary>
    public string DisplayName => Username.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? Username[..at] : Username;

    /// <summary>Where the request came from, for the audit log.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>What the caller is known by, for the audit log; null if nobody said.</summary>
    public Credential? Credential { get; init; }

    /// <summary>A person who has signed in, and not a key, a program or another issuer's word.</summary>
    public bool HasSignedIn => Credential is { Kind: "session" };

    /// <summary>May do this somewhere in the tenant: which rows, the caller's communities decide.</summary>
    public bool May(string permission) => Permissions.Contains(permission);

    /// <summary>
    /// May do this to what belongs to the community. The community must be the loaded object's own, never one that a request names.
    /// </summary>
    public bool May(string permission, CommunityId community) => May(permission) && Communities.Allows(permission, community);
}

/// <summary>What showed who is calling.</summary>
/// <param name="Kind"><c>session</c>, <c>api_key</c>, <c>client</c> or <c>issuer</c>.</param>
/// <param name="Id">Its id; never the secret itself.</param>
public sealed record Credential(string Kind, string Id);
