using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Invitations;

/// <summary>An invitation of a person to a tenant.</summary>
/// <param name="Role">The role in the tenant.</param>
/// <param name="Communities">The communities of the new member.</param>
/// <param name="Status">open, accepted, revoked, expired, or role_deleted: a role that it gives was deleted.</param>
public sealed record Invitation(
    InvitationId Id,
    string Email,
    MemberRole Role,
    IReadOnlyList<InvitedTo> Communities,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
);

/// <summary>A community, and the role there.</summary>
public sealed record InvitedTo(CommunityId Community, MemberRole Role);

/// <summary>A community of a request, and the role there.</summary>
/// <param name="Role">admin, editor, operator, viewer, or the id of one of the tenant's own.</param>
public sealed record WantedPlace(CommunityId Community, string? Role);

/// <summary>A new invitation with its token, which can't be shown again.</summary>
public sealed record NewInvitation(Invitation Invitation, string Token)
{
    public override string ToString() => "***";
}

/// <summary>An invitation as the holder of its token sees it.</summary>
public sealed record OpenInvitation(TenantId TenantId, string TenantName, string Email, DateTimeOffset ExpiresAt);

/// <summary>Joins a tenant.</summary>
/// <param name="Token">The invitation's.</param>
/// <param name="Password">Of a new user, who gets the invited e-mail address; null for somebody who has signed in.</param>
/// <param name="ForCookie">The session's token will live in a cookie.</param>
public sealed record AcceptInvitation(string Token, string? Password, bool ForCookie)
{
    public override string ToString() => "***";
}
