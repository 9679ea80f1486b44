using Microsoft.Extensions.Logging;

namespace SaaSFlows.Accounts.Mail.Internal;

/// <summary>Writes the link to the log, if there is no mail server. The operator can pass it on.</summary>
internal sealed partial class LogMailSender(ILogger<LogMailSender> logger) : IMailSender
{
    public Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        Log.NotMailed(logger, mail.Subject, mail.Link);
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 4701,
            Level = LogLevel.Warning,
            Message = "No mail server is set (Mail:Host), so this is not mailed: {Subject}: {Link}"
        )]
        public static partial void NotMailed(ILogger logger, string subject, Uri link);
    }
}
