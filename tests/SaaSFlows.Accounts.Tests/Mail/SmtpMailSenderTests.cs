using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Accounts.Mail.Internal;

namespace SaaSFlows.Accounts.Tests.Mail;

/// <summary>Mail servers that misbehave; one that behaves is in the API's tests.</summary>
public sealed class SmtpMailSenderTests : IDisposable
{
    private static readonly OutgoingMail _mail = new("a@example.com", "Hello", "Text", new("https://flows.example.com/x"));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SmtpMailSenderTests() => _listener.Start();

    private static CancellationToken Ct => AccountsHost.Ct;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_server_that_never_answers_costs_the_timeout_and_no_more()
    {
        var sending = Sender(TimeSpan.FromMilliseconds(200), useTls: false).SendAsync(_mail, Ct);

        await Assert.ThrowsAsync<MailException>(() => sending.WaitAsync(TimeSpan.FromSeconds(20), Ct));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_without_tls_unless_that_is_wanted()
    {
        var sending = Sender(TimeSpan.FromSeconds(20), useTls: true).SendAsync(_mail, Ct);
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
        var sender = Sender(TimeSpan.FromSeconds(20), useTls: false);
        _listener.Stop();

        await Assert.ThrowsAsync<MailException>(() => sender.SendAsync(_mail, Ct));
    }

    [Theory]
    [InlineData(null, "https://flows.example.com")]
    [InlineData("no-reply@example.com", "ftp://flows.example.com")]
    [InlineData("no-reply@example.com", "/flows")]
    public void Options_that_cannot_work_stop_the_start(string? from, string url) =>
        Assert.Throws<OptionsValidationException>(() => new MailOptions { Host = "mail.example.com", From = from, PublicUrl = new(url, UriKind.RelativeOrAbsolute) }.Validate());

    private SmtpMailSender Sender(TimeSpan timeout, bool useTls) => new(new()
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        From = "no-reply@example.com",
        UserName = "u",
        Password = "p",
        Timeout = timeout,
        UseTls = useTls,
    });
}
