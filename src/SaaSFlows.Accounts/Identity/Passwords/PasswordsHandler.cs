using Microsoft.AspNetCore.Identity;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Identity.Passwords.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Passwords;

/// <summary>Changes and resets passwords. Scoped.</summary>
public sealed class PasswordsHandler
{
    private readonly UserManager<User> _users;
    private readonly PasswordCheck _passwords;
    private readonly GuessLimit _guesses;
    private readonly PasswordResetMail _mail;
    private readonly SessionsHandler _sessions;
    private readonly PostgresPools _pools;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal PasswordsHandler(
        UserManager<User> users,
        PasswordCheck passwords,
        GuessLimit guesses,
        PasswordResetMail mail,
        SessionsHandler sessions,
        PostgresPools pools,
        AuditLog audit,
        TimeProvider time
    ) => (_users, _passwords, _guesses, _mail, _sessions, _pools, _audit, _time) = (users, passwords, guesses, mail, sessions, pools, audit, time);

    /// <summary>
    /// Changes the password. It needs the current password, so that a stolen session is not enough. All other sessions of the caller end. Returns
    /// their number, or the error.
    /// </summary>
    /// <returns><see cref="AccountsError.Invalid"/> for a wrong current or a weak new password,
    /// <see cref="AccountsError.TooManyAttempts"/>.</returns>
    public async Task<AccountsResult<int>> ChangeAsync(Caller caller, SessionId kept, string? current, string? wanted, CancellationToken ct)
    {
        if (RegisterRules.CheckPassword(wanted ?? "") is { } wrong)
        {
            return Invalid("new_password", wrong);
        }

        var user = await _users.FindByIdAsync(caller.UserId.Value.ToString());
        if (user is null)
        {
            return new AccountsError.TokenRefused();
        }

        if (await _guesses.ChargeAsync(GuessKind.Password, user.NormalizedEmail!, caller.From, ct) is { } wait)
        {
            return new AccountsError.TooManyAttempts(wait);
        }

        if (!_passwords.IsRight(user, current ?? ""))
        {
            return Invalid("current_password", "This is not your password.");
        }

        await _guesses.ForgiveAsync(GuessKind.Password, user.NormalizedEmail!, caller.From, ct);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Of two simultaneous changes, the second one fails, because its current password is no longer right.
        await using var change = connection.Command(
            "update accounts.users set password_hash = $2 where id = $1 and password_hash = $3",
            user.Id,
            _users.PasswordHasher.HashPassword(user, wanted!),
            user.PasswordHash!
        );
        if (await change.ExecuteNonQueryAsync(ct) == 0)
        {
            return Invalid("current_password", "This is not your password.");
        }

        await ForgetLinksAsync(connection, caller.UserId, ct);
        var ended = await _sessions.EndAllAsync(connection, caller.UserId, kept, caller.From, caller.Credential, ct);
        await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.PasswordChanged, new("user", user.Id.ToString(), user.UserName)), ct);
        await transaction.CommitAsync(ct);
        return ended;
    }

    /// <summary>
    /// Mails a link if the account exists. The answer and its duration are the same if not. Returns null, <see cref="AccountsError.Invalid"/> or
    /// <see cref="AccountsError.TooManyAttempts"/>.
    /// </summary>
    public async Task<AccountsError?> ForgotAsync(string? email, ClientInfo from, CancellationToken ct)
    {
        var address = (email ?? "").Trim();
        if (!RegisterRules.IsEmail(address))
        {
            return Invalid("email", "This is not an e-mail address.");
        }

        var account = _users.NormalizeEmail(address);
        if (await _guesses.ChargeAsync(GuessKind.ForgottenPassword, account, from, ct) is { } wait)
        {
            return new AccountsError.TooManyAttempts(wait);
        }

        await _mail.PostAsync(account, ct);
        return null;
    }

    /// <summary>
    /// Sets a new password with a mailed token, which works once. All sessions of the user end. Returns null or <see cref="AccountsError.Invalid"/>.
    /// </summary>
    public async Task<AccountsError?> ResetAsync(string? token, string? wanted, ClientInfo from, CancellationToken ct)
    {
        if (RegisterRules.CheckPassword(wanted ?? "") is { } wrong)
        {
            return Invalid("new_password", wrong);
        }

        if (await UseLinkAsync(token ?? "", wanted!, from, ct) is not { } account)
        {
            return Invalid("token", "The link is not valid, has expired or was used already. Ask for another one.");
        }

        await _guesses.ForgiveAsync(GuessKind.Password, account, ClientInfo.Unknown, ct);
        return null;
    }

    // The account of the link. If a token is used twice at the same moment, the second one finds no row.
    private async Task<string?> UseLinkAsync(string token, string wanted, ClientInfo from, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var use = connection.Command(
            "delete from accounts.password_resets where token_hash = $1 and expires_at > $2 returning user_id",
            ResetToken.Hash(token),
            _time.GetUtcNow()
        );
        if (await use.ExecuteScalarAsync(ct) is not Guid id)
        {
            return null;
        }

        var user = await FindAsync(connection, id, ct);
        await using var set = connection.Command(
            "update accounts.users set password_hash = $2 where id = $1",
            id,
            _users.PasswordHasher.HashPassword(user, wanted)
        );
        await set.ExecuteNonQueryAsync(ct);
        await ForgetLinksAsync(connection, new(id), ct);
        await _sessions.EndAllAsync(connection, new(id), null, from, null, ct);
        await WriteResetAsync(connection, user, from, ct);
        await transaction.CommitAsync(ct);
        return user.NormalizedEmail;
    }

    private static async Task<User> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken ct)
    {
        await using var find = connection.Command("select user_name, normalized_email from accounts.users where id = $1", id);
        var rows = await find.ListAsync(
            row => new User
            {
                Id = id,
                UserName = row.GetString(0),
                NormalizedEmail = row.GetString(1),
            },
            ct
        );
        return rows.Single();
    }

    private static AccountsError.Invalid Invalid(string field, string message) => new(new Dictionary<string, string[]> { [field] = [message] });

    private static async Task ForgetLinksAsync(NpgsqlConnection connection, UserId user, CancellationToken ct)
    {
        await using var forget = connection.Command("delete from accounts.password_resets where user_id = $1", user.Value);
        await forget.ExecuteNonQueryAsync(ct);
    }

    // Told to each tenant that the user is in.
    private async Task WriteResetAsync(NpgsqlConnection connection, User user, ClientInfo from, CancellationToken ct)
    {
        await using var memberships = connection.Command("select tenant_id from accounts.memberships_of($1)", user.Id);
        foreach (var tenant in await memberships.ListAsync(row => new TenantId(row.GetGuid(0)), ct))
        {
            await _audit.WriteAsync(
                connection,
                new(tenant, AuditActor.User(new(user.Id), user.UserName!), AuditActions.PasswordReset, new("user", user.Id.ToString(), user.UserName))
                {
                    From = from,
                },
                ct
            );
        }
    }
}
