using SaaSFlows.Accounts.Directory.Invitations;

namespace SaaSFlows.Api.Invitations;

/// <param name="Role">In the tenant: owner, admin, editor, operator, viewer, or the id of one of the tenant's own roles.</param>
/// <param name="Communities">Where the member will act; owners and admins act everywhere.</param>
internal sealed record NewInvitationBody(string? Email, string? Role, IReadOnlyList<WantedPlaceBody>? Communities);

internal sealed record WantedPlaceBody(long CommunityId, string? Role);

internal sealed record InvitedToBody(long CommunityId, string Role, string RoleName);

/// <param name="Password">Of a new user; absent for somebody who has signed in.</param>
internal sealed record AcceptBody(string? Password, bool Cookie = false)
{
    public override string ToString() => "***";
}

/// <param name="Status">open, accepted, revoked, expired or role_deleted.</param>
internal sealed record InvitationBody(
    Guid InvitationId,
    string Email,
    string Role,
    string RoleName,
    IReadOnlyList<InvitedToBody> Communities,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
)
{
    public static InvitationBody From(Invitation invitation) =>
        new(
            invitation.Id.Value,
            invitation.Email,
            invitation.Role.Key,
            invitation.Role.Name,
            [.. invitation.Communities.Select(c => new InvitedToBody(c.Community.Value, c.Role.Key, c.Role.Name))],
            invitation.Status,
            invitation.CreatedAt,
            invitation.ExpiresAt
        );
}

/// <param name="Token">Shown this once.</param>
/// <param name="Link">The same as an address to open.</param>
internal sealed record InvitationMadeBody(InvitationBody Invitation, string Token, string Link)
{
    public override string ToString() => "***";
}

internal sealed record OpenInvitationBody(string TenantName, string Email, DateTimeOffset ExpiresAt)
{
    public static OpenInvitationBody From(OpenInvitation invitation) => new(invitation.TenantName, invitation.Email, invitation.ExpiresAt);
}
