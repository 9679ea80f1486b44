using System.Net;
using System.Net.Mail;
using System.Text;

namespace SaaSFlows.Accounts.Mail.Internal;

/// <summary>Sends through a mail server, by a connection for each mail: they are few.</summary>
internal sealed class SmtpMailSender(MailOptions options) : IMailSender
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(options.Timeout);
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.UseTls };
        client.Credentials = options.UserName is null ? null : new NetworkCredential(options.UserName, options.Password);
        try
        {
            // Addresses one by one: as text they are a list, in which a comma would begin another.
            using var message = new MailMessage(Sender(mail), new MailAddress(mail.To)) { Subject = mail.Subject, Body = $"{mail.Text}\r\n\r\n{mail.Link}\r\n" };
            // The client's own cancellation does not end a connection that is being made.
            await client.SendMailAsync(message, time.Token).WaitAsync(time.Token);
        }
        catch (Exception error) when (error is SmtpException or FormatException or ArgumentException or IOException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new MailException("The mail server did not take the mail.", error);
        }
    }

    private MailAddress Sender(OutgoingMail mail)
    {
        var own = new MailAddress(options.From!);
        return mail.InTheNameOf is { } other ? new MailAddress(own.Address, $"{other} (SaaSFlows)", Encoding.UTF8) : own;
    }
}
