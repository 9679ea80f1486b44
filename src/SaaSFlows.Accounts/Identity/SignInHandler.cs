using Microsoft.AspNetCore.Identity;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Signs a user in. Scoped.</summary>
public sealed class SignInHandler
{
    private readonly UserManager<User> _users;
    private readonly PasswordCheck _passwords;
    private readonly GuessLimit _guesses;
    private readonly PostgresPools _pools;
    private readonly SessionOpener _sessions;
    private readonly SignInChallenges _challenges;
    private readonly AuditLog _audit;

    internal SignInHandler(
        UserManager<User> users,
        PasswordCheck passwords,
        GuessLimit guesses,
        PostgresPools pools,
        SessionOpener sessions,
        SignInChallenges challenges,
        AuditLog audit
    ) => (_users, _passwords, _guesses, _pools, _sessions, _challenges, _audit) = (users, passwords, guesses, pools, sessions, challenges, audit);

    /// <summary>
    /// A session, or <see cref="AccountsError.Invalid"/> if something is missing, or <see cref="AccountsError.WrongCredentials"/>, or
    /// <see cref="AccountsError.TooManyAttempts"/>, or, after the right password, <see cref="AccountsError.TenantClosed"/>
    /// <see cref="AccountsError.SecondFactorNeeded"/>, or <see cref="AccountsError.NotFound"/> for a named tenant that is unknown or not the user's.
    /// </summary>
    public async Task<AccountsResult<Session>> HandleAsync(SignIn command, CancellationToken ct)
    {
        if (RequiredFields.Missing(("email", command.Email), ("password", command.Password)) is { } missing)
        {
            return missing;
        }

        var checkedUser = await CheckAsync(command.Email!, command.Password!, command.From, ct);
        if (checkedUser is not AccountsResult<User>.Done { Value: var user })
        {
            return ((AccountsResult<User>.Failed)checkedUser).Error;
        }

        var person = new UserSummary(new(user.Id), user.UserName!, user.Email!);
        var chosen = await ChooseAsync(person, command, ct);
        return chosen is AccountsResult<Membership>.Done { Value: var membership }
            ? await _sessions.OpenAsync(membership.Caller, person, membership.Tenant, command.ForCookie, command.From, ct)
            : ((AccountsResult<Membership>.Failed)chosen).Error;
    }

    private async Task<AccountsResult<Membership>> ChooseAsync(UserSummary person, SignIn command, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        var chosen = await TenantChoice.FindAsync(connection, person, null, command.Tenant, ct);
        if (chosen is not AccountsResult<Membership>.Done { Value: var membership })
        {
            return chosen;
        }

        if (await SecondFactors.IsOnAsync(connection, person.UserId, ct))
        {
            return await _challenges.IssueAsync(connection, person.UserId, membership.Tenant.TenantId, command.ForCookie, ct);
        }

        await Memberships.UsedAsync(connection, membership, ct);
        return chosen;
    }

    /// <summary>
    /// Returns the user with this address and password, or <see cref="AccountsError.WrongCredentials"/>, or
    /// <see cref="AccountsError.TooManyAttempts"/>.
    /// </summary>
    internal async Task<AccountsResult<User>> CheckAsync(string wantedEmail, string password, ClientInfo from, CancellationToken ct)
    {
        var email = wantedEmail.Trim();
        // Different spellings of one account (case, composed or decomposed letters) share one counter.
        var account = _users.NormalizeEmail(email);
        using var turn = await _guesses.TurnAsync(account, ct);
        if (await _guesses.ChargeAsync(GuessKind.Password, account, from, ct) is { } wait)
        {
            return new AccountsError.TooManyAttempts(wait);
        }

        // No stored address has U+0000, which the database does not accept in a query.
        var user = email.Contains('\0', StringComparison.Ordinal) ? null : await _users.FindByEmailAsync(email);
        if (!_passwords.IsRight(user, password))
        {
            await using var failed = await _pools.Lookup.OpenConnectionAsync(ct);
            await _audit.WriteFailedSignInAsync(
                failed,
                GuessLimit.AccountKey(GuessKind.Password, account),
                user is null ? null : new(user.Id),
                from,
                ct
            );
            return new AccountsError.WrongCredentials();
        }

        await _guesses.ForgiveAsync(GuessKind.Password, account, from, ct);
        return user!;
    }
}
