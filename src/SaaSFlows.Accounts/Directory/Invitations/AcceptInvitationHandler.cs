using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Invitations.Internal;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SecondFactor;

namespace SaaSFlows.Accounts.Directory.Invitations;

/// <summary>Shows and accepts invitations for the holders of their tokens. Scoped.</summary>
public sealed class AcceptInvitationHandler
{
    private readonly IdentityDb _db;
    private readonly UserManager<User> _users;
    private readonly SignInHandler _signIn;
    private readonly SignInChallenges _challenges;
    private readonly SessionOpener _sessions;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal AcceptInvitationHandler(
        IdentityDb db,
        UserManager<User> users,
        SignInHandler signIn,
        SignInChallenges challenges,
        SessionOpener sessions,
        AuditLog audit,
        TimeProvider time
    ) => (_db, _users, _signIn, _challenges, _sessions, _audit, _time) = (db, users, signIn, challenges, sessions, audit, time);

    /// <summary>Returns the invitation, or the reason why it is no longer valid.</summary>
    public async Task<AccountsResult<OpenInvitation>> LookAsync(string token, CancellationToken ct)
    {
        // Returned at once and not at the end of the request, which waits for the client.
        await using var transaction = await _db.Database.BeginTransactionAsync(ct);
        return await FoundInvitation.FindAsync(Connection, token, held: false, ct) is not { } found ? new AccountsError.NotFound("invitation")
            : found.Refusal(_time.GetUtcNow()) is { } refusal ? refusal
            : new OpenInvitation(found.Tenant, found.TenantName, found.Email, found.ExpiresAt);
    }

    /// <summary>
    /// Makes a member of the caller, of a new user with the invited address, or of the user with that address who has no tenant and so can't sign in.
    /// If two accept at the same moment, the second one is refused.
    /// </summary>
    /// <param name="command">The invitation to accept.</param>
    /// <param name="caller">The signed-in caller, or null. Must have the invited address, so that nobody else can use the link.</param>
    /// <param name="from">Where the request came from.</param>
    /// <param name="ct">Cancels all of it.</param>
    /// <returns>A session in the joined tenant; <see cref="AccountsError.SecondFactorNeeded"/> if it was joined and the second factor is needed
    /// next.</returns>
    public async Task<AccountsResult<Session>> AcceptAsync(AcceptInvitation command, Caller? caller, ClientInfo from, CancellationToken ct)
    {
        if (caller is { HasSignedIn: false })
        {
            return new AccountsError.SessionNeeded();
        }

        var returning = caller is null ? await ReturningAsync(command, from, ct) : null;
        if (returning is AccountsResult<UserSummary>.Failed { Error: var wrong })
        {
            return wrong;
        }

        await using var transaction = await _db.Database.BeginTransactionAsync(ct);
        if (await FoundInvitation.FindAsync(Connection, command.Token, held: true, ct) is not { } found)
        {
            return new AccountsError.NotFound("invitation");
        }

        var now = _time.GetUtcNow();
        if (found.Refusal(now) is { } refusal)
        {
            return refusal;
        }

        var someone = returning ?? (caller is null ? await RegisterAsync(found, command.Password ?? "") : await KnownAsync(found, caller, ct));
        if (someone is not AccountsResult<UserSummary>.Done { Value: var person })
        {
            return ((AccountsResult<UserSummary>.Failed)someone).Error;
        }

        await using var join = Connection.Command("select accounts.join_tenant($1, $2, $3)", found.Id, person.UserId.Value, now);
        if (!(bool)(await join.ExecuteScalarAsync(ct))!)
        {
            return new AccountsError.Conflict("invitation.already_member", "You are a member of this tenant already.");
        }

        await _audit.WriteAsync(_db, Entry(found, person, from), ct);
        var membership = await Memberships.FindAsync(Connection, person, found.Tenant, ct);
        if (returning is not null && await SecondFactors.IsOnAsync(Connection, person.UserId, ct))
        {
            var challenge = await _challenges.IssueAsync(Connection, person.UserId, found.Tenant, command.ForCookie, ct);
            await transaction.CommitAsync(ct);
            return challenge;
        }

        await transaction.CommitAsync(ct);
        return membership is null
            ? new AccountsError.TenantClosed()
            : await _sessions.OpenAsync(
                membership.Caller with
                {
                    Credential = caller?.Credential,
                },
                person,
                membership.Tenant,
                command.ForCookie,
                from,
                ct
            );
    }

    private NpgsqlConnection Connection => (NpgsqlConnection)_db.Database.GetDbConnection();

    // Null for an address without an account, and for an account that can sign in first. Read before the transaction, because each takes a
    // connection.
    private async Task<AccountsResult<UserSummary>?> ReturningAsync(AcceptInvitation command, ClientInfo from, CancellationToken ct)
    {
        if (
            await LookAsync(command.Token, ct) is not AccountsResult<OpenInvitation>.Done { Value: var invitation }
            || await _users.FindByEmailAsync(invitation.Email) is not { } user
            || await HasTenantAsync(user, ct)
        )
        {
            return null;
        }

        if (RequiredFields.Missing(("password", command.Password)) is { } missing)
        {
            return missing;
        }

        return await _signIn.CheckAsync(invitation.Email, command.Password!, from, ct) is AccountsResult<User>.Failed { Error: var wrong }
            ? wrong
            : new UserSummary(new(user.Id), user.UserName!, user.Email!);
    }

    private async Task<bool> HasTenantAsync(User user, CancellationToken ct)
    {
        await using var transaction = await _db.Database.BeginTransactionAsync(ct);
        await using var find = Connection.Command("select 1 from accounts.tenants_of($1) where status = 'active' limit 1", user.Id);
        return await find.ExecuteScalarAsync(ct) is not null;
    }

    private async Task<AccountsResult<UserSummary>> KnownAsync(FoundInvitation found, Caller caller, CancellationToken ct)
    {
        var user = await _db.Users.AsNoTracking().SingleAsync(u => u.Id == caller.UserId.Value, ct);
        return user.NormalizedEmail == found.NormalizedEmail
            ? new UserSummary(caller.UserId, user.UserName!, user.Email!)
            : new AccountsError.Conflict(
                "invitation.for_another",
                "This invitation is for another e-mail address than the one that you signed in with."
            );
    }

    private async Task<AccountsResult<UserSummary>> RegisterAsync(FoundInvitation found, string password)
    {
        if (RegisterRules.CheckPassword(password) is { } wrong)
        {
            return new AccountsError.Invalid(new Dictionary<string, string[]> { ["password"] = [wrong] });
        }

        var user = new User
        {
            Id = Guid.CreateVersion7(),
            UserName = found.Email,
            Email = found.Email,
        };
        return await _users.TryCreateAsync(user, password) ? new UserSummary(new(user.Id), found.Email, found.Email) : new AccountsError.EmailTaken();
    }

    private static AuditEntry Entry(FoundInvitation found, UserSummary person, ClientInfo from) =>
        new(
            found.Tenant,
            AuditActor.User(person.UserId, person.Username),
            AuditActions.InvitationAccepted,
            new("member", $"{person.UserId}", person.Username)
        )
        {
            After = new { found.Role },
            From = from,
        };
}
