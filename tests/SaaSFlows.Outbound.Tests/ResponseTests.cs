using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SaaSFlows.Outbound.Tests;

public sealed class ResponseTests : OutboundTestBase
{
    private static readonly OutboundOptions Small = Open with { MaxResponseBytes = 1_000 };

    [Fact]
    public async Task Body_of_exactly_the_limit_is_read_and_one_byte_more_is_an_error()
    {
        await using var server = new RawServer(request =>
            RawServer.Ok(new string('x', request.Contains("/more", StringComparison.Ordinal) ? 1_001 : 1_000))
        );
        var client = Client(Small);

        Assert.Equal(1_004, (await Send(client, Get(server.Uri()))).Length);
        Assert.Equal(OutboundCodes.TooLarge, await Send(client, Get(server.Uri(path: "/more"))));
    }

    [Fact]
    public async Task Endless_body_is_cut_off_with_an_error()
    {
        await using var server = new RawServer(
            async (_, stream, ct) =>
            {
                await Write(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", ct);
                while (true)
                {
                    await stream.WriteAsync(new byte[64 * 1024], ct);
                }
            }
        );
        Assert.Equal(OutboundCodes.TooLarge, await Send(Client(), Get(server.Uri())));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Compressed_body_is_bounded_after_inflation(string encoding)
    {
        await using var server = new RawServer(
            async (request, stream, ct) =>
            {
                var bomb = Compress(encoding, request.Contains("/small", StringComparison.Ordinal) ? 900 : 50_000_000);
                await Write(
                    stream,
                    $"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {bomb.Length}\r\nConnection: close\r\n\r\n",
                    ct
                );
                await stream.WriteAsync(bomb, ct);
            }
        );

        Assert.Equal(OutboundCodes.TooLarge, await Send(Client(), Get(server.Uri())));
        Assert.Equal(904, (await Send(Client(Small), Get(server.Uri(path: "/small")))).Length);
    }

    [Fact]
    public async Task Too_many_or_too_large_headers_are_an_error()
    {
        await using var server = new RawServer(request =>
            RawServer.Ok(
                "",
                request.Contains("/many", StringComparison.Ordinal)
                    ? string.Concat(Enumerable.Range(0, 300).Select(i => $"X-{i}: 1\r\n"))
                    : $"X: {new string('x', 40_000)}\r\n"
            )
        );

        Assert.Equal(OutboundCodes.TooLarge, await Send(Client(), Get(server.Uri(path: "/many"))));
        Assert.Equal(OutboundCodes.TooLarge, await Send(Client(), Get(server.Uri())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain")]
    public async Task What_is_not_a_complete_response_is_a_failure(string answer)
    {
        await using var server = new RawServer(_ => answer);
        Assert.Equal(OutboundCodes.Protocol, await Send(Client(), Get(server.Uri())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")]
    public async Task Server_that_keeps_silent_runs_into_the_callers_timeout(string beginning)
    {
        await using var server = new RawServer(
            async (_, stream, ct) =>
            {
                await Write(stream, beginning, ct);
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }
        );

        var result = await Client().SendAsync(Get(server.Uri()) with { Timeout = TimeSpan.FromMilliseconds(300) }, Ct);

        var failed = Assert.IsType<OutboundResult.Failed>(result);
        Assert.Equal((OutboundCodes.Timeout, true), (failed.Code, failed.CanRetry));
    }

    [Fact]
    public async Task Name_server_that_keeps_silent_runs_into_the_connect_timeout()
    {
        var client = Client(
            Open with
            {
                ConnectTimeout = TimeSpan.FromMilliseconds(200),
            },
            async (_, ct) =>
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
                return [];
            }
        );
        Assert.Equal(OutboundCodes.Connect, await Send(client, Get("http://slow.test/")));
    }

    [Fact]
    public async Task Callers_cancellation_is_thrown_and_not_a_result()
    {
        using var cancelled = new CancellationTokenSource();
        await using var server = new RawServer(
            async (_, _, ct) =>
            {
                await cancelled.CancelAsync();
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client().SendAsync(Get(server.Uri()), cancelled.Token));
    }

    [Fact]
    public async Task Closed_port_and_plain_text_instead_of_tls_are_failures()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var closed = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Dispose();
        Assert.Equal(OutboundCodes.Connect, await Send(Client(), Get($"http://127.0.0.1:{closed}/")));

        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var answered = AnswerInPlainText(plain);
        Assert.Equal(OutboundCodes.Tls, await Send(Client(), Get($"https://127.0.0.1:{((IPEndPoint)plain.LocalEndpoint).Port}/")));
        await answered;
    }

    [Fact]
    public async Task Certificate_that_nobody_vouches_for_is_a_failure()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var offered = OfferAsync(listener, certificate);

        var result = await Client().SendAsync(Get($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), Ct);

        Assert.Equal(
            new OutboundResult.Failed(OutboundCodes.Tls, "The secure connection failed: the certificate or the protocol was not accepted.", false),
            result
        );
        await offered;
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(404, false)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    public void Status_says_whether_a_retry_can_help(int status, bool canRetry) =>
        Assert.Equal(canRetry, new OutboundResult.Response(status, [], default, new("http://x.test/")).CanRetry);

    private static async Task OfferAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync(Ct);
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, Ct);
            Assert.Equal(0, await tls.ReadAsync(new byte[1], Ct));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client turned away, as it should.
        }
    }

    private static async Task AnswerInPlainText(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Ct);
        await Write(client.GetStream(), "there is no TLS here\r\n", Ct);
        await client.GetStream().ReadExactlyAsync(new byte[1], Ct);
    }

    private static Task Write(NetworkStream stream, string text, CancellationToken ct) =>
        stream.WriteAsync(Encoding.Latin1.GetBytes(text), ct).AsTask();

    private static byte[] Compress(string encoding, int length)
    {
        using var result = new MemoryStream();
        using (
            Stream stream = encoding switch
            {
                "gzip" => new GZipStream(result, CompressionLevel.Fastest),
                "br" => new BrotliStream(result, CompressionLevel.Fastest),
                _ => new ZLibStream(result, CompressionLevel.Fastest),
            }
        )
        {
            stream.Write(new byte[length]);
        }

        return result.ToArray();
    }
}
