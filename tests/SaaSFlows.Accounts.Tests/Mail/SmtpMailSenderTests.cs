using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit.Security;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.Mail.Internal;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Mail;

/// <summary>Mail servers that behave and misbehave.</summary>
public sealed class SmtpMailSenderTests : IDisposable
{
    private static readonly OutgoingMail _mail = new("a@example.com", "Hello", "Text", new("https://flows.example.com/x"));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SmtpMailSenderTests() => _listener.Start();

    private static CancellationToken Ct => AccountsHost.Ct;

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_server_that_never_answers_costs_the_timeout_and_no_more()
    {
        var sending = Sender(Port, useTls: false, TimeSpan.FromMilliseconds(200)).SendAsync(_mail, Ct);

        await Assert.ThrowsAsync<MailException>(() => sending.WaitAsync(TimeSpan.FromSeconds(20), Ct));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_without_tls_unless_that_is_wanted()
    {
        var sending = Sender(Port, useTls: true).SendAsync(_mail, Ct);
        using var client = await _listener.AcceptTcpClientAsync(Ct);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        var seen = new List<string>();
        await client.GetStream().WriteAsync("220 test\r\n"u8.ToArray(), Ct);
        while (await reader.ReadLineAsync(Ct) is { } line)
        {
            seen.Add(line);
            await client.GetStream().WriteAsync("250 fine\r\n"u8.ToArray(), Ct);
        }

        await Assert.ThrowsAsync<MailException>(() => sending);
        Assert.DoesNotContain(seen, line => line.StartsWith("MAIL", StringComparison.Ordinal) || line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_of_the_mail()
    {
        var sender = Sender(Port, useTls: false);
        _listener.Stop();

        await Assert.ThrowsAsync<MailException>(() => sender.SendAsync(_mail, Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mail_arrives_as_it_was_written(bool useTls)
    {
        using var certificate = Certificate();
        await using var server = new MailServer(useTls ? certificate : null, password: useTls ? "p" : null);

        await Sender(server.Port, useTls, trust: Only(certificate))
            .SendAsync(
                new(
                    "ünï@exämple.com",
                    "Grüße 👋\r\nBcc: all@example.com",
                    "Ein Satz, länger als eine Zeile sein darf: " + new string('ä', 1_000),
                    _mail.Link
                )
                {
                    InTheNameOf = "Müller, <Söhne>",
                },
                Ct
            );

        var (recipient, message) = Assert.Single(server.Mails);
        Assert.StartsWith("ünï@", recipient, StringComparison.Ordinal);
        Assert.Equal("Müller, <Söhne> (SaaSFlows)", Assert.Single(message.From).Name);
        Assert.StartsWith("Grüße 👋", message.Subject!, StringComparison.Ordinal);
        Assert.Empty(message.Bcc);
        Assert.Contains(new string('ä', 1_000), message.TextBody, StringComparison.Ordinal);
        Assert.EndsWith("https://flows.example.com/x", message.TextBody!.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_with_a_certificate_that_nobody_vouches_for_gets_no_mail()
    {
        using var certificate = Certificate();
        await using var server = new MailServer(certificate);

        await Assert.ThrowsAsync<MailException>(() => Sender(server.Port, useTls: true).SendAsync(_mail, Ct));
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task A_wrong_password_is_an_error_of_the_mail()
    {
        using var certificate = Certificate();
        await using var server = new MailServer(certificate, password: "another");

        await Assert.ThrowsAsync<MailException>(() => Sender(server.Port, useTls: true, trust: Only(certificate)).SendAsync(_mail, Ct));
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("a@example.com\r\nRCPT TO:<b@example.com>")]
    [InlineData("")]
    public async Task Nothing_but_one_address_gets_a_mail(string recipient)
    {
        await using var server = new MailServer();

        await Assert.ThrowsAsync<MailException>(() => Sender(server.Port, useTls: false).SendAsync(_mail with { To = recipient }, Ct));
        Assert.Empty(server.Mails);
    }

    [Theory]
    [InlineData(465, true, SecureSocketOptions.SslOnConnect)]
    [InlineData(587, true, SecureSocketOptions.StartTls)]
    [InlineData(465, false, SecureSocketOptions.None)]
    public void The_port_says_how_tls_begins(int port, bool useTls, SecureSocketOptions expected) =>
        Assert.Equal(expected, SmtpMailSender.Security(new() { Port = port, UseTls = useTls }));

    [Theory]
    [InlineData(null, "https://flows.example.com")]
    [InlineData("no-reply@example.com", "ftp://flows.example.com")]
    [InlineData("no-reply@example.com", "/flows")]
    public void Options_that_cannot_work_stop_the_start(string? from, string url) =>
        Assert.Throws<OptionsValidationException>(() =>
            new MailOptions
            {
                Host = "mail.example.com",
                From = from,
                PublicUrl = new(url, UriKind.RelativeOrAbsolute),
            }.Validate()
        );

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
    }

    private static RemoteCertificateValidationCallback Only(X509Certificate2 certificate) =>
        (_, seen, _, _) => seen?.GetCertHashString() == certificate.GetCertHashString();

    private static SmtpMailSender Sender(int port, bool useTls, TimeSpan? timeout = null, RemoteCertificateValidationCallback? trust = null) =>
        new(
            new()
            {
                Host = "127.0.0.1",
                Port = port,
                From = "no-reply@example.com",
                UserName = useTls ? "u" : null,
                Password = "p",
                Timeout = timeout ?? TimeSpan.FromSeconds(20),
                UseTls = useTls,
            },
            trust
        );
}
