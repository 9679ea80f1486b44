using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A mail server that keeps what it is given.</summary>
internal sealed partial class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    public MailServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Each with its envelope's recipient in front.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    /// <summary>The link of the first mail to somebody, once it is there.</summary>
    public async Task<Uri> LinkAsync(string recipient)
    {
        string? mail = null;
        await Eventually.True(
            () => Task.FromResult((mail = Mails.FirstOrDefault(m => m.StartsWith($"<{recipient}>", StringComparison.Ordinal))) is not null),
            TimeSpan.FromSeconds(20),
            TestContext.Current.CancellationToken);
        return new Uri(Link().Match(mail!).Value);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                try
                {
                    await ServeAsync(client);
                }
                catch (IOException)
                {
                    // The other side has stopped.
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 test");
        var recipient = "";
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != "QUIT")
        {
            if (line == "DATA")
            {
                await writer.WriteLineAsync("354 go on");
                Mails.Enqueue(recipient + "\n" + await ReadMailAsync(reader));
            }
            else if (line.StartsWith("RCPT TO:", StringComparison.Ordinal))
            {
                recipient = line["RCPT TO:".Length..];
            }

            await writer.WriteLineAsync("250 fine");
        }
    }

    // Quoted-printable.
    private async Task<string> ReadMailAsync(StreamReader reader)
    {
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync(stop.Token) is { } line && line != ".")
        {
            mail.Append(line.EndsWith('=') ? line[..^1] : line + "\n");
        }

        return mail.Replace("=0D=0A", "\n").Replace("=3D", "=").ToString();
    }

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();
}
