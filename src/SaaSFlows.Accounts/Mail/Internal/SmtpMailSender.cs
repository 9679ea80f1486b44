using System.Net.Security;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace SaaSFlows.Accounts.Mail.Internal;

/// <summary>Sends through a mail server, with a connection for each mail, because there are few.</summary>
/// <param name="trust">Decides on the server's certificate; null for the platform's rules.</param>
internal sealed class SmtpMailSender(MailOptions options, RemoteCertificateValidationCallback? trust = null) : IMailSender
{
    // RFC 8314: on this port the connection itself is TLS.
    private const int TlsPort = 465;

    public async Task SendAsync(OutgoingMail mail, CancellationToken ct)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(options.Timeout);
        try
        {
            using var message = Write(mail);
            await DeliverAsync(message, time.Token);
        }
        catch (Exception error) when (IsOfTheMail(error) || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new MailException("The mail server did not take the mail.", error);
        }
    }

    /// <summary>How TLS begins, if it does.</summary>
    internal static SecureSocketOptions Security(MailOptions options) =>
        !options.UseTls ? SecureSocketOptions.None
        : options.Port == TlsPort ? SecureSocketOptions.SslOnConnect
        : SecureSocketOptions.StartTls;

    private static bool IsOfTheMail(Exception error) =>
        error
            is CommandException
                or ProtocolException
                or ServiceNotConnectedException
                or ServiceNotAuthenticatedException
                or AuthenticationException
                or SslHandshakeException
                or SocketException
                or IOException
                or TimeoutException
                or FormatException
                or ArgumentException
                or NotSupportedException;

    private async Task DeliverAsync(MimeMessage message, CancellationToken ct)
    {
        // Servers inside a company often have certificates without a list of the revoked.
        using var client = new SmtpClient
        {
            ServerCertificateValidationCallback = trust,
            CheckCertificateRevocation = false,
            Timeout = (int)options.Timeout.TotalMilliseconds,
        };
        await client.ConnectAsync(options.Host!, options.Port, Security(options), ct);
        if (options.UserName is { } user)
        {
            await client.AuthenticateAsync(user, options.Password ?? "", ct);
        }

        await client.SendAsync(message, ct);
        await client.DisconnectAsync(quit: true, ct);
    }

    private MimeMessage Write(OutgoingMail mail)
    {
        var message = new MimeMessage
        {
            Subject = mail.Subject,
            Body = new TextPart("plain") { Text = $"{mail.Text}\r\n\r\n{mail.Link}\r\n" },
        };
        message.From.Add(Sender(mail));
        message.To.Add(new MailboxAddress("", mail.To));
        return message;
    }

    private MailboxAddress Sender(OutgoingMail mail)
    {
        var own = MailboxAddress.Parse(options.From!);
        return mail.InTheNameOf is { } other ? new($"{other} (SaaSFlows)", own.Address) : own;
    }
}
