using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Passwords.Internal;

/// <summary>
/// Looks accounts up and mails them their link, after the answer: neither its words nor its time tell whether there is an account. What waits here when the
/// process ends is lost, and asked for again.
/// </summary>
internal sealed partial class PasswordResetMails(PostgresPools pools, IMailSender sender, MailOptions options, TimeProvider time, ILogger<PasswordResetMails> logger)
    : BackgroundService
{
    private const int MostWaiting = 1000;
    private const string Subject = "Set a new password for SaaSFlows";
    private const string Text = "Somebody, hopefully you, wants to set a new password for your account. The link works once, within an hour. If it was not you, do nothing.";

    private readonly Channel<string> _waiting = Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Never waits.</summary>
    /// <param name="account">The address, normalised as accounts are looked up; known or not.</param>
    public void Ask(string account) => _waiting.Writer.TryWrite(account);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var account in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await MailAsync(account, stoppingToken);
            }
            catch (Exception error) when (error is MailException or DbException)
            {
                Log.NotSent(logger, error);
            }
        }
    }

    private async Task MailAsync(string account, CancellationToken ct)
    {
        if (await IssueAsync(account, ct) is var (email, token))
        {
            // Behind '#' the browser keeps it to itself: it is in no server's log and no Referer header.
            await sender.SendAsync(new(email, Subject, Text, new Uri(options.PublicUrl, $"/reset-password#token={token}")), ct);
        }
    }

    private async Task<(string Email, string Token)?> IssueAsync(string account, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command("select id, email from accounts.users where normalized_email = $1 and not is_service_account", account);
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
            ResetToken.Hash(token), user.Id.Value, now + ResetToken.Lifetime, now);
        await insert.ExecuteNonQueryAsync(ct);
        return (user.Email, token);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4702, Level = LogLevel.Error, Message = "A link for a new password could not be mailed")]
        public static partial void NotSent(ILogger logger, Exception exception);
    }
}
