using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.ComponentModel;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace SaaSFlows.TestKit;

/// <summary>A mail server that keeps what it is given.</summary>
public sealed partial class MailServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="certificate">Offers STARTTLS with it; without one there is no TLS.</param>
    /// <param name="isTlsFromTheStart">Speaks TLS before anything else.</param>
    /// <param name="password">The one that it takes, of any user; null takes mails of everybody.</param>
    /// <param name="port">Where it listens; null for any.</param>
    public MailServer(X509Certificate2? certificate = null, bool isTlsFromTheStart = false, string? password = null, int? port = null)
    {
        Port = port ?? FreePort.Next();
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint =>
            {
                endpoint.Endpoint(new(System.Net.IPAddress.Loopback, Port)).IsSecure(isTlsFromTheStart).AuthenticationRequired(password is not null);
                if (certificate is not null)
                {
                    endpoint.Certificate(certificate);
                }
            });
        var services = new ServiceProvider();
        services.Add(new Store(Mails));
        services.Add(new DelegatingUserAuthenticator((_, given) => given == password));
        _running = new SmtpServer.SmtpServer(options.Build(), services).StartAsync(_stop.Token);
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What it took.</summary>
    public ConcurrentQueue<ReceivedMail> Mails { get; } = [];

    /// <summary>The link of the first mail to somebody, once it is there.</summary>
    public async Task<Uri> LinkAsync(string recipient, CancellationToken ct)
    {
        ReceivedMail? mail = null;
        await Eventually.True(() => (mail = Mails.FirstOrDefault(m => m.Recipient == recipient)) is not null, TimeSpan.FromSeconds(20), ct);
        return new Uri(Link().Match(mail!.Message.TextBody!).Value);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();

    private sealed class Store(ConcurrentQueue<ReceivedMail> mails) : MessageStore
    {
        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context,
            IMessageTransaction transaction,
            ReadOnlySequence<byte> buffer,
            CancellationToken cancellationToken
        )
        {
            using var bytes = new MemoryStream(buffer.ToArray());
            mails.Enqueue(new(transaction.To.Single().AsAddress(), await MimeMessage.LoadAsync(bytes, cancellationToken)));
            return SmtpResponse.Ok;
        }
    }
}

/// <summary>A mail as it arrived.</summary>
/// <param name="Recipient">The address of the envelope.</param>
/// <param name="Message">Headers and text.</param>
public sealed record ReceivedMail(string Recipient, MimeMessage Message);
