using SaaSFlows.Accounts.Invitations;

namespace SaaSFlows.Api.Invitations;

/// <param name="Role">In the tenant: owner, admin, editor, operator or viewer.</param>
/// <param name="Communities">Where the member will act; owners and admins act everywhere.</param>
internal sealed record NewInvitationBody(string? Email, string? Role, IReadOnlyList<InvitedToBody>? Communities);

internal sealed record InvitedToBody(long CommunityId, string? Role);

/// <param name="Password">Of a new user; absent for somebody who has signed in.</param>
internal sealed record AcceptBody(string? Password, bool Cookie = false)
{
    public override string ToString() => "***";
}

/// <param name="Status">open, accepted, revoked or expired.</param>
internal sealed record InvitationBody(
    Guid InvitationId, string Email, string Role, IReadOnlyList<InvitedToBody> Communities, string Status, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    public static InvitationBody From(Invitation invitation) => new(
        invitation.Id.Value,
        invitation.Email,
        invitation.Role,
        [.. invitation.Communities.Select(c => new InvitedToBody(c.Community.Value, c.Role))],
        invitation.Status,
        invitation.CreatedAt,
        invitation.ExpiresAt);
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
