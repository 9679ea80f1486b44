using System.Text.Json;
using System.Threading.Channels;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Mail;

/// <summary>The mails that are not sent yet. They are stored and sealed, so a posted mail survives the end of the process. Singleton.</summary>
internal sealed class MailOutbox(PostgresPools pools, SecretVault vault, TimeProvider time)
{
    private const string Purpose = "mail";
    private const long MostWaiting = 10_000;

    // After this time, another process takes the mail of a process that ended while sending.
    private static readonly TimeSpan LongestTry = TimeSpan.FromMinutes(15);

    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Get it before a connection is taken.</summary>
    public Task<Sealer> SealerAsync(CancellationToken ct) => vault.SealerAsync(null, ct);

    /// <summary>Posts a mail with the rows that it is about. Call <see cref="Wake"/> once they are committed. False if too many wait.</summary>
    /// <param name="kind">Of an <see cref="IMailWriter"/>.</param>
    /// <param name="lifetime">The time for which the mail is useful.</param>
    public async Task<bool> PostAsync<T>(NpgsqlConnection connection, Sealer sealer, string kind, T content, TimeSpan lifetime, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var envelope = sealer.Seal(Purpose, $"{id}", JsonSerializer.SerializeToUtf8Bytes(new { kind, content }));
        await using var post = connection.Command("select accounts.post_mail($1, $2, $3, $4, $5)", id, envelope, now, now + lifetime, MostWaiting);
        return (bool)(await post.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Signals that there may be a mail to send.</summary>
    public void Wake() => _news.Writer.TryWrite(true);

    /// <summary>Waits for a signal or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        await ((Task)_news.Reader.ReadAsync(either.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Claims a due mail for some time; null if there is none.</summary>
    public async Task<DueMail?> ClaimAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var claim = connection.Command(
            """
            update accounts.mails set tries = tries + 1, try_at = $2
            where id = (select id from accounts.mails where try_at <= $1 order by try_at limit 1 for update skip locked)
            returning id, sealed_content, tries, expires_at
            """,
            now,
            now + LongestTry
        );
        return
            await claim.ListAsync(
                row => new DueMail(
                    row.GetGuid(0),
                    row.GetFieldValue<byte[]>(1),
                    row.GetInt32(2),
                    IsExpired: row.GetFieldValue<DateTimeOffset>(3) <= now
                ),
                ct
            )
                is [var mail]
            ? mail
            : null;
    }

    /// <summary>Opens the content; null if no master key opens it.</summary>
    public async Task<JsonElement?> OpenAsync(DueMail mail, CancellationToken ct)
    {
        if (await vault.OpenAsync(null, Purpose, $"{mail.Id}", mail.Envelope, ct) is not OpenResult.Opened { Secret: var secret })
        {
            return null;
        }

        using (secret)
        {
            return JsonElement.Parse(secret.Reveal().Span);
        }
    }

    /// <summary>Deletes a mail.</summary>
    public async Task RemoveAsync(DueMail mail, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var remove = connection.Command("delete from accounts.mails where id = $1", mail.Id);
        await remove.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Tries a mail again after a pause.</summary>
    public async Task PostponeAsync(DueMail mail, TimeSpan pause, CancellationToken ct)
    {
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var postpone = connection.Command("update accounts.mails set try_at = $2 where id = $1", mail.Id, time.GetUtcNow() + pause);
        await postpone.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>A mail that is to be sent now.</summary>
/// <param name="Tries">With this one.</param>
/// <param name="IsExpired">Whether it is no longer useful.</param>
internal sealed record DueMail(Guid Id, byte[] Envelope, int Tries, bool IsExpired);
