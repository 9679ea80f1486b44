using System.Text.Json;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.Passwords.Internal;

/// <summary>
/// The mail with a link for a new password. Accounts are looked up, and links made, when it is written, after the answer: neither its words nor its
/// time tell whether there is an account.
/// </summary>
internal sealed class PasswordResetMail(MailOutbox outbox, PostgresPools pools, MailOptions options, TimeProvider time) : IMailWriter
{
    private const string Subject = "Set a new password for SaaSFlows";
    private const string Text =
        "Somebody, hopefully you, wants to set a new password for your account. The link works once, within an hour. If it was not you, do nothing.";

    public string Kind => "password reset";

    /// <summary>
    /// Posts a mail to the owner of the account, if there is one. If too many mails are waiting, it is dropped, and people ask again.
    /// </summary>
    /// <param name="account">The address, normalised as accounts are looked up; known or not.</param>
    public async Task PostAsync(string account, CancellationToken ct)
    {
        using var sealer = await outbox.SealerAsync(ct);
        await using (var connection = await pools.Lookup.OpenConnectionAsync(ct))
        {
            await outbox.PostAsync(connection, sealer, Kind, new Content(account), ResetToken.Lifetime, ct);
        }

        outbox.Wake();
    }

    public async Task<OutgoingMail?> WriteAsync(JsonElement content, CancellationToken ct) =>
        // Behind '#' the browser keeps it to itself: it is in no server's log and no Referer header.
        await IssueAsync(content.Deserialize<Content>()!.Account, ct) is var (email, token)
            ? new(email, Subject, Text, new Uri(options.PublicUrl, $"/reset-password#token={token}"))
            : null;

    private async Task<(string Email, string Token)?> IssueAsync(string account, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            "select id, email from accounts.users where normalized_email = $1 and not is_service_account",
            account
        );
        if (await find.ListAsync(row => (Id: new UserId(row.GetGuid(0)), Email: row.GetString(1)), ct) is not [var user])
        {
            return null;
        }

        var token = ResetToken.New();
        await using var insert = connection.Command(
            """
            with expired as (delete from accounts.password_resets where expires_at <= $4)
            insert into accounts.password_resets (token_hash, user_id, expires_at) values ($1, $2, $3)
            """,
            ResetToken.Hash(token),
            user.Id.Value,
            now + ResetToken.Lifetime,
            now
        );
        await insert.ExecuteNonQueryAsync(ct);
        return (user.Email, token);
    }

    private sealed record Content(string Account);
}
