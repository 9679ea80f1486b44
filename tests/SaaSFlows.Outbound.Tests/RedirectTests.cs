using System.Text;

namespace SaaSFlows.Outbound.Tests;

public sealed class RedirectTests : OutboundTestBase
{
    [Theory]
    [InlineData("http://10.0.0.1/", OutboundCodes.AddressBlocked)]
    [InlineData("http://169.254.169.254/latest/meta-data/", OutboundCodes.AddressBlocked)]
    [InlineData("http://inside.test/", OutboundCodes.AddressBlocked)]
    [InlineData("//inside.test/", OutboundCodes.AddressBlocked)]
    [InlineData("file:///etc/passwd", OutboundCodes.Uri)]
    [InlineData("ftp://inside.test/", OutboundCodes.Scheme)]
    [InlineData("http://a:b@outside.test/", OutboundCodes.Uri)]
    [InlineData("http://outside.test:25/", OutboundCodes.Port)]
    [InlineData("http://[", OutboundCodes.Redirects)]
    public async Task Redirect_is_judged_like_a_first_request(string location, string code)
    {
        await using var server = new RawServer(_ => RawServer.RedirectTo(location));
        Assert.Equal(code, await Send(Client(Open, ("inside.test", "192.168.0.1"), ("outside.test", "127.0.0.1")), Get(server.Uri())));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Redirects_end_after_the_limit()
    {
        await using var server = new RawServer(_ => RawServer.RedirectTo("/again"));
        Assert.Equal(OutboundCodes.Redirects, await Send(Client(Open with { MaxRedirects = 3 }), Get(server.Uri())));
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(301, "POST", "GET")]
    [InlineData(302, "POST", "GET")]
    [InlineData(303, "POST", "GET")]
    [InlineData(303, "PUT", "GET")]
    [InlineData(302, "PUT", "PUT")]
    [InlineData(307, "POST", "POST")]
    [InlineData(308, "post", "POST")]
    [InlineData(303, "HEAD", "HEAD")]
    public async Task Method_and_body_follow_the_rules_of_browsers(int status, string method, string next)
    {
        await using var server = new RawServer(request =>
            request.Contains(" /start ", StringComparison.Ordinal)
                ? RawServer.RedirectTo("/end", status)
                : "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
        );
        var hasBody = method != "HEAD";
        var request = Get(server.Uri(path: "/start")) with
        {
            Method = method,
            Body = hasBody ? Encoding.UTF8.GetBytes("body") : null,
            ContentType = hasBody ? "text/plain" : null,
        };

        var response = Assert.IsType<OutboundResult.Response>(await Client().SendAsync(request, Ct));

        Assert.Equal((204, "/end"), (response.Status, response.FinalUri.AbsolutePath));
        var second = server.Requests.Last();
        Assert.StartsWith($"{next} /end ", second, StringComparison.Ordinal);
        Assert.Equal(hasBody && next != "GET", second.EndsWith("\r\n\r\nbody", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_stay_with_their_origin()
    {
        await using var other = new RawServer(_ => RawServer.Ok("other"));
        await using var server = new RawServer(request =>
            request.Contains(" /start ", StringComparison.Ordinal)
                ? RawServer.RedirectTo("/same")
                : RawServer.RedirectTo($"http://127.0.0.1:{other.Port}/")
        );
        var request = Get(server.Uri(path: "/start"), ("Authorization", "Bearer t"), ("Cookie", "c=1"), ("X-Api-Key", "k"), ("Accept", "text/plain"));

        Assert.Equal("200 other", await Send(Client(), request));

        Assert.All(server.Requests, sent => Assert.Contains("X-Api-Key: k\r\n", sent, StringComparison.Ordinal));
        var leaked = Assert.Single(other.Requests);
        Assert.Contains("Accept: text/plain\r\n", leaked, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", leaked, StringComparison.Ordinal);
        Assert.DoesNotContain("Cookie", leaked, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Api-Key", leaked, StringComparison.Ordinal);
    }

    [Fact]
    public void Redirect_from_https_to_http_is_refused()
    {
        using var response = new HttpResponseMessage(System.Net.HttpStatusCode.Found);
        response.Headers.TryAddWithoutValidation("Location", "http://x.test/");
        var (next, refused) = Internal.Redirects.Follow(Get("https://x.test/"), response);
        Assert.Null(next);
        Assert.Equal(OutboundCodes.Redirects, refused!.Code);
    }
}
