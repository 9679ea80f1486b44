using SaaSFlows.Api.Cors;

namespace SaaSFlows.Api.Tests;

/// <summary>Pages of other origins call the API only where the operator says so.</summary>
public sealed class CorsTests(CorsTests.Host host) : IClassFixture<CorsTests.Host>
{
    private const string Allowed = "https://app.example.com";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_origin_may_ask_with_cookies_and_read_the_headers()
    {
        using var preflight = await SendAsync(
            host,
            HttpMethod.Options,
            Allowed,
            ("Access-Control-Request-Method", "PATCH"),
            ("Access-Control-Request-Headers", "authorization,content-type")
        );
        Assert.Equal(204, (int)preflight.StatusCode);
        Assert.Equal((Allowed, "true"), (Header(preflight, "Access-Control-Allow-Origin"), Header(preflight, "Access-Control-Allow-Credentials")));

        using var answer = await SendAsync(host, HttpMethod.Get, Allowed);
        Assert.Equal((401, Allowed), ((int)answer.StatusCode, Header(answer, "Access-Control-Allow-Origin")));
        Assert.Contains("X-RateLimit-Remaining", Header(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("https://app.example.com.evil.com")]
    [InlineData("http://app.example.com")]
    [InlineData("https://app.example.com:8443")]
    [InlineData("null")]
    public async Task Another_origin_is_told_nothing(string origin)
    {
        using var preflight = await SendAsync(host, HttpMethod.Options, origin, ("Access-Control-Request-Method", "PATCH"));
        using var answer = await SendAsync(host, HttpMethod.Get, origin);

        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("https://app.example.com/")]
    [InlineData("app.example.com")]
    [InlineData("*.example.com")]
    [InlineData("ftp://app.example.com")]
    public void What_is_no_origin_is_refused_at_start(string origin)
    {
        Assert.Contains(
            origin,
            Assert.Throws<ArgumentException>(() => new CorsOptions { Origins = [origin] }.Validate()).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => new CorsOptions { Origins = ["*", "https://app.example.com"] }.Validate());
    }

    internal static async Task<HttpResponseMessage> SendAsync(
        ApiHost host,
        HttpMethod method,
        string origin,
        params (string Name, string Value)[] headers
    )
    {
        using var client = host.Anonymous();
        using var request = new HttpRequestMessage(method, "/api/v1/workflows");
        request.Headers.Add("Origin", origin);
        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        return await client.SendAsync(request, Ct);
    }

    internal static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Cors:Origins:0", Allowed)];
    }
}

/// <summary>The API open to all pages.</summary>
public sealed class OpenCorsTests(OpenCorsTests.Host host) : IClassFixture<OpenCorsTests.Host>
{
    [Fact]
    public async Task Every_origin_may_ask_but_never_with_cookies()
    {
        using var answer = await CorsTests.SendAsync(host, HttpMethod.Get, "https://any.example.com");

        Assert.Equal("*", CorsTests.Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(CorsTests.Header(answer, "Access-Control-Allow-Credentials"));
    }

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Cors:Origins:0", "*")];
    }
}
