using System.Text.RegularExpressions;

namespace SaaSFlows.Api.Tests;

/// <summary>What every answer tells browsers.</summary>
public sealed partial class BrowserSecurityTests(BrowserSecurityTests.Host host) : IClassFixture<BrowserSecurityTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health")]
    [InlineData("/api/v1/workflows")]
    [InlineData("/api/v1/no-such-route")]
    [InlineData("/api/workflows")]
    [InlineData("/connect/authorize")]
    [InlineData("/openapi.json")]
    [InlineData("/nowhere")]
    public async Task An_answer_that_is_data_may_do_nothing_in_a_browser(string path)
    {
        using var answer = await GetAsync(path);

        Assert.Equal("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", Header(answer, "Content-Security-Policy"));
        Assert.Equal(
            ("nosniff", "no-referrer", "Origin"),
            (Header(answer, "X-Content-Type-Options"), Header(answer, "Referrer-Policy"), Header(answer, "Vary"))
        );
        Assert.Null(Header(answer, "Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("https", "app.example.com", true)]
    [InlineData("http", "app.example.com", false)]
    [InlineData("https", "localhost", false)]
    [InlineData("https", "acme.localhost:8070", false)]
    [InlineData("https", "127.0.0.1", false)]
    public async Task Browsers_are_held_to_https_where_they_came_by_it(string scheme, string hostName, bool isHeld)
    {
        using var answer = await GetAsync("/health/nowhere", ("X-Forwarded-Proto", scheme), ("X-Forwarded-Host", hostName));

        Assert.Equal(isHeld ? "max-age=31536000" : null, Header(answer, "Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("/docs/index.html")]
    [InlineData("/swagger-ui/index.html")]
    [InlineData("/redoc/index.html")]
    public async Task A_documentation_page_runs_nothing_but_ours(string path)
    {
        using var first = await GetAsync(path);
        using var second = await GetAsync(path);

        var policy = Header(first, "Content-Security-Policy")!;
        Assert.Equal(200, (int)first.StatusCode);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Matches("script-src 'self' 'nonce-[^' ]+';", policy);
        var nonce = Nonce().Match(policy).Groups[1].Value;
        Assert.NotEqual(nonce, Nonce().Match(Header(second, "Content-Security-Policy")!).Groups[1].Value);
        var page = await first.Content.ReadAsStringAsync(Ct);
        Assert.DoesNotMatch("https?://", page);
        // What stands in the page itself carries the nonce.
        Assert.Empty(
            Inline().Matches(page).Where(tag => !tag.Value.Contains($"nonce=\"{nonce}\"", StringComparison.Ordinal)).Select(tag => tag.Value)
        );
    }

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Array.ForEach(headers, header => request.Headers.Add(header.Name, header.Value));
        return await client.SendAsync(request, Ct);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<style[^>]*>|<script(?![^>]*src=)[^>]*>")]
    private static partial Regex Inline();

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("ForwardedHeaders_Enabled", "true")];
    }
}
