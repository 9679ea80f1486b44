using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.Mail.Internal;

namespace SaaSFlows.Accounts.Invitations.Internal;

/// <summary>
/// Mails invitations after the answer, so that a mail server that is slow or away holds up nobody. What waits here when the process ends is lost: whoever
/// invited has the link, too.
/// </summary>
internal sealed partial class InvitationMails(IMailSender sender, MailOptions options, ILogger<InvitationMails> logger) : BackgroundService
{
    private const int MostWaiting = 1000;

    private readonly Channel<OutgoingMail> _waiting = Channel.CreateBounded<OutgoingMail>(MostWaiting);

    /// <summary>Never waits.</summary>
    public void Send(string to, string tenantName, string token)
    {
        var tenant = MailText.Name(tenantName);
        var text = $"You are invited to join {tenant} on SaaSFlows. The link is for you alone and works for 7 days. If you did not expect it, do nothing.";
        var mail = new OutgoingMail(to, $"Your invitation to {tenant}", text, new Uri(options.PublicUrl, $"/invitations/{token}")) { InTheNameOf = tenant };
        if (!_waiting.Writer.TryWrite(mail))
        {
            Log.TooManyWaiting(logger, MostWaiting);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var mail in _waiting.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await sender.SendAsync(mail, stoppingToken);
            }
            catch (MailException error)
            {
                Log.NotSent(logger, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4703, Level = LogLevel.Error, Message = "An invitation could not be mailed")]
        public static partial void NotSent(ILogger logger, Exception exception);

        [LoggerMessage(EventId = 4704, Level = LogLevel.Error, Message = "An invitation is not mailed: {Most} are waiting already")]
        public static partial void TooManyWaiting(ILogger logger, int most);
    }
}
