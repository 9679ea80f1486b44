using System.Text;

namespace SaaSFlows.Outbound.Tests;

public sealed class RequestTests : OutboundTestBase
{
    [Theory]
    [InlineData("ftp://example.test/", OutboundCodes.Scheme)]
    [InlineData("file:///etc/passwd", OutboundCodes.Uri)]
    [InlineData("gopher://example.test:70/_x", OutboundCodes.Scheme)]
    [InlineData("ws://example.test/", OutboundCodes.Scheme)]
    [InlineData("data:text/plain,x", OutboundCodes.Uri)]
    [InlineData("http://user:password@example.test/", OutboundCodes.Uri)]
    [InlineData("http://public.test@127.0.0.1/", OutboundCodes.Uri)]
    [InlineData("http://example.test:25/", OutboundCodes.Port)]
    [InlineData("http://unknown.test/", OutboundCodes.Dns)]
    public async Task Address_against_the_rules_is_refused(string uri, string code) => Assert.Equal(code, await Send(Client(), Get(uri)));

    [Fact]
    public async Task Relative_address_is_refused() => Assert.Equal(OutboundCodes.Uri, await Send(Client(), Get(new Uri("/path", UriKind.Relative))));

    [Theory]
    [InlineData("X-A", "a\r\nX-Injected: 1")]
    [InlineData("X-A", "a\nb")]
    [InlineData("X-A", "a\0b")]
    [InlineData("X-A", "é")]
    [InlineData("X-A\r\nX-B", "a")]
    [InlineData("X A", "a")]
    [InlineData("X-A:", "a")]
    [InlineData("", "a")]
    [InlineData("host", "internal")]
    [InlineData("Content-Length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("Proxy-Authorization", "x")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("Expect", "100-continue")]
    [InlineData("TE", "trailers")]
    [InlineData("Content-Type", "text/plain\r\nX: 1")]
    public async Task Header_that_could_forge_a_message_is_refused(string name, string value)
    {
        Assert.Equal(OutboundCodes.Header, await Send(Client(), Get("http://x.test/", (name, value))));
    }

    [Theory]
    [InlineData("CONNECT")]
    [InlineData("trace")]
    [InlineData("GET / HTTP/1.1\r\nX:")]
    [InlineData("")]
    public async Task Method_that_could_forge_a_message_is_refused(string method) =>
        Assert.Equal(OutboundCodes.Method, await Send(Client(), Get("http://x.test/") with { Method = method }));

    [Fact]
    public async Task Content_type_with_a_line_break_is_refused() =>
        Assert.Equal(
            OutboundCodes.Header,
            await Send(Client(), Get("http://x.test/") with { Body = new byte[1], ContentType = "text/plain\r\nX: 1" })
        );

    [Fact]
    public async Task Too_many_or_too_large_headers_are_refused()
    {
        Assert.Equal(OutboundCodes.Header, await Send(Client(), Get("http://x.test/", [.. Enumerable.Range(0, 101).Select(i => ($"X-{i}", ""))])));
        Assert.Equal(OutboundCodes.Header, await Send(Client(), Get("http://x.test/", ("X", new string('x', 33_000)))));
    }

    [Fact]
    public async Task Line_break_in_the_path_stays_inside_the_path()
    {
        await using var server = new RawServer(_ => RawServer.Ok(""));
        await Send(Client(), Get(server.Uri(path: "/a\r\nX-Injected: 1?q=\r\n\r\nGET / HTTP/1.1")));

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("GET /a%0D%0AX-Injected:%201?q=%0D%0A%0D%0AGET%20/%20HTTP/1.1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_is_sent_as_asked()
    {
        await using var server = new RawServer(_ => RawServer.Ok("done", "X-Reply: 1\r\nX-Reply: 2\r\n"));
        var request = Get(server.Uri("bücher.test", "/p?q=1"), ("X-Custom", "a,b"), ("Authorization", "Bearer t")) with
        {
            Method = "post",
            Body = Encoding.UTF8.GetBytes("{}"),
            ContentType = "application/json; charset=utf-8",
        };

        var response = Assert.IsType<OutboundResult.Response>(await Client(Open, ("xn--bcher-kva.test", "127.0.0.1")).SendAsync(request, Ct));

        Assert.Equal(200, response.Status);
        Assert.Equal("done", Encoding.UTF8.GetString(response.Body.Span));
        Assert.Equal(["1", "2"], response.Headers.Where(header => header.Key == "X-Reply").Select(header => header.Value));
        var sent = Assert.Single(server.Requests);
        Assert.StartsWith("POST /p?q=1 HTTP/1.1\r\n", sent, StringComparison.Ordinal);
        Assert.Contains($"Host: xn--bcher-kva.test:{server.Port}\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("X-Custom: a,b\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer t\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json; charset=utf-8\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("User-Agent: SaaSFlows/", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", sent, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n{}", sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_that_rested_too_long_is_closed()
    {
        var closed = new TaskCompletionSource<int>();
        await using var server = new RawServer(
            async (_, stream, ct) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), ct);
                closed.SetResult(await stream.ReadAsync(new byte[1], ct));
            }
        );
        var client = Client(new() { AllowedPrivateNetworks = ["127.0.0.1/32"], PooledConnectionIdleTimeout = TimeSpan.FromMilliseconds(1) });

        Assert.Equal("200 ok", await Send(client, Get(server.Uri())));
        Assert.Equal(0, await closed.Task.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public async Task Cookies_are_not_kept_and_a_given_user_agent_is_used()
    {
        await using var server = new RawServer(_ => RawServer.Ok("", "Set-Cookie: a=b\r\n"));
        var client = Client();
        await Send(client, Get(server.Uri(), ("User-Agent", "Mine/1")));
        await Send(client, Get(server.Uri(), ("User-Agent", "Mine/1")));

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.DoesNotContain("Cookie", request, StringComparison.Ordinal));
        Assert.All(server.Requests, request => Assert.Contains("User-Agent: Mine/1\r\n", request, StringComparison.Ordinal));
    }

    [Fact]
    public void Requests_and_responses_print_no_payload()
    {
        Assert.Equal("***", Get("http://x.test/?key=secret").ToString());
        Assert.Equal("Response 200", new OutboundResult.Response(200, [], new byte[3], new("http://x.test/?key=secret")).ToString());
    }
}
