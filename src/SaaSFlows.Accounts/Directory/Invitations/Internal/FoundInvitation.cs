using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Invitations.Internal;

/// <summary>An invitation that was found by its token.</summary>
internal sealed record FoundInvitation(
    Guid Id,
    TenantId Tenant,
    string TenantName,
    bool TenantIsActive,
    string Email,
    string NormalizedEmail,
    string Role,
    DateTimeOffset ExpiresAt,
    bool Accepted,
    bool Revoked,
    bool RoleIsGone
)
{
    /// <summary>Finds an invitation. Returns null if there is no such token.</summary>
    /// <param name="connection">Of the lookup role; in a transaction if <paramref name="held"/>.</param>
    /// <param name="token">The token as it was sent.</param>
    /// <param name="held">Whether to lock the invitation until the end of the transaction.</param>
    /// <param name="ct">Cancels the wait for the lock.</param>
    public static async Task<FoundInvitation?> FindAsync(NpgsqlConnection connection, string token, bool held, CancellationToken ct)
    {
        await using var find = connection.Command("select * from accounts.find_invitation($1, $2)", InvitationToken.Hash(token), held);
        var found = await find.ListAsync(
            row => new FoundInvitation(
                row.GetGuid(0),
                new(row.GetGuid(1)),
                row.GetString(2),
                row.GetString(3) == "active",
                row.GetString(4),
                row.GetString(5),
                row.GetString(6),
                row.GetFieldValue<DateTimeOffset>(7),
                !row.IsDBNull(8),
                !row.IsDBNull(9),
                row.GetBoolean(10)
            ),
            ct
        );
        return found.SingleOrDefault();
    }

    /// <summary>The reason why it can no longer be accepted; null if it can.</summary>
    public AccountsError? Refusal(DateTimeOffset now) =>
        this switch
        {
            { Accepted: true } => new AccountsError.Conflict("invitation.accepted", "This invitation was accepted already. Sign in."),
            { Revoked: true } => new AccountsError.Conflict("invitation.revoked", "This invitation was revoked. Ask for another one."),
            _ when ExpiresAt <= now => new AccountsError.Conflict("invitation.expired", "This invitation has expired. Ask for another one."),
            { RoleIsGone: true } => new AccountsError.Conflict(
                "invitation.role_deleted",
                "The role that this invitation gives was deleted. Ask for another one."
            ),
            { TenantIsActive: false } => new AccountsError.TenantClosed($"{TenantName} is closed at the moment."),
            _ => null,
        };
}
