using System.Data.Common;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SaaSFlows.Accounts.Mail.Internal;

/// <summary>
/// Sends what is in the outbox, after the answer to whoever caused it: a mail server that is slow or away holds up nobody. What could not be sent is
/// tried again until it is of no use. Runs in any number of processes; what one left behind, another sends.
/// </summary>
internal sealed partial class MailDelivery(
    MailOutbox outbox,
    IEnumerable<IMailWriter> writers,
    IMailSender sender,
    IMeterFactory meters,
    ILogger<MailDelivery> logger
) : BackgroundService
{
    // Others may have left something.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Pauses = [.. new[] { 1, 5, 15, 60, 240 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    private readonly Counter<long> _tries = meters
        .Create("SaaSFlows.Accounts")
        .CreateCounter<long>(
            "saasflows.mails.tries",
            null,
            "Tries to send a mail, by outcome: sent, failed, or given up because it was of no use any more."
        );

    private readonly Dictionary<string, IMailWriter> _writers = writers.ToDictionary(writer => writer.Kind);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                while (await outbox.ClaimAsync(stoppingToken) is { } mail)
                {
                    await DeliverAsync(mail, stoppingToken);
                }
            }
            catch (Exception error) when (error is DbException or TimeoutException)
            {
                // An outage is told elsewhere, once; the mails are still there after it.
            }

            await outbox.WaitAsync(Look, stoppingToken);
        }
    }

    private async Task DeliverAsync(DueMail mail, CancellationToken ct)
    {
        if (mail.IsExpired)
        {
            Log.GivenUp(logger, mail.Tries - 1);
            Count("given_up");
            await outbox.RemoveAsync(mail, ct);
            return;
        }

        var pause = Pauses[Math.Min(mail.Tries, Pauses.Length) - 1];
        if (await outbox.OpenAsync(mail, ct) is not { } posted || !_writers.TryGetValue(posted.GetProperty("kind").GetString()!, out var writer))
        {
            // The master key may come back, and a newer process may know the kind.
            await outbox.PostponeAsync(mail, pause, ct);
            return;
        }

        try
        {
            if (await writer.WriteAsync(posted.GetProperty("content"), ct) is { } written)
            {
                await sender.SendAsync(written, ct);
                Count("sent");
            }
        }
        catch (MailException error)
        {
            Log.NotSent(logger, writer.Kind, mail.Tries, (long)pause.TotalMinutes, error);
            Count("failed");
            await outbox.PostponeAsync(mail, pause, ct);
            return;
        }

        await outbox.RemoveAsync(mail, ct);
    }

    private void Count(string outcome) => _tries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4702,
            Level = LogLevel.Error,
            Message = "A mail ({Kind}) could not be sent, try {Tries}; the next one is in {Minutes} min"
        )]
        public static partial void NotSent(ILogger logger, string kind, int tries, long minutes, Exception exception);

        [LoggerMessage(EventId = 4703, Level = LogLevel.Error, Message = "A mail was given up after {Tries} tries: its link would not work any more")]
        public static partial void GivenUp(ILogger logger, int tries);
    }
}
