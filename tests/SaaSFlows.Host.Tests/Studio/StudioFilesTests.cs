using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Host.Studio;

namespace SaaSFlows.Host.Tests.Studio;

public sealed class StudioFilesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("saasflows-files-").FullName;
    private readonly HttpClient _client = new();
    private WebApplication _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "index.html"), "the page CSP_NONCE");
        await File.WriteAllTextAsync(Path.Combine(_folder, "pages.json"), """["/", "/workflows", "/workflows/$workflowId"]""");
        await File.WriteAllTextAsync(Path.Combine(_folder, "assets", "index-1a2b.js"), "the script");
        await File.WriteAllTextAsync(Path.Combine(_folder, "assets", "index-1a2b.js.br"), "packed by brotli");
        await File.WriteAllTextAsync(Path.Combine(_folder, "assets", "index-1a2b.js.gz"), "packed by gzip");
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<StudioOptions>(options => options.Directory = _folder);
        _app = builder.Build();
        _app.UseStudio();
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/workflows")]
    [InlineData("/Workflows/")]
    [InlineData("/workflows/0b6c.draft")]
    public async Task The_studios_addresses_are_answered_with_its_page(string path)
    {
        using var answer = await GetAsync(path);

        var nonce = Regex.Match(Header(answer, "Content-Security-Policy"), "script-src 'self' 'nonce-([^']+)'").Groups[1].Value;
        Assert.Equal(
            (HttpStatusCode.OK, $"the page {nonce}", "no-cache"),
            (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), Header(answer, "Cache-Control"))
        );
        Assert.True(nonce.Length >= 16);
        Assert.DoesNotContain(nonce, Header(await GetAsync(path), "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/workflows", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/nowhere", HttpStatusCode.NotFound)]
    public async Task A_page_is_only_read(string method, string path, HttpStatusCode expected)
    {
        using var answer = await _client.SendAsync(new HttpRequestMessage(new(method), path), Ct);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.MethodNotAllowed ? ["GET", "HEAD"] : [], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Files_are_kept_by_browsers()
    {
        using var answer = await GetAsync("/assets/index-1a2b.js");
        Assert.Equal(
            ("the script", "public, max-age=31536000, immutable"),
            (await answer.Content.ReadAsStringAsync(Ct), Header(answer, "Cache-Control"))
        );
    }

    [Theory]
    [InlineData("/api/v1/unknown")]
    [InlineData("/API/v1/unknown")]
    [InlineData("/apiary")]
    [InlineData("/nowhere")]
    [InlineData("/workflows/1/2")]
    [InlineData("/health/unknown")]
    [InlineData("/swagger-ui/unknown")]
    [InlineData("/assets/index-old.js")]
    [InlineData("/index.html")]
    [InlineData("/pages.json")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("the page", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/nowhere", true)]
    [InlineData("/index.html", true)]
    [InlineData("/api/v1/unknown", false)]
    public async Task People_are_shown_that_a_page_is_not_there(string path, bool byThePage)
    {
        using var answer = await GetAsync(path, "text/html,application/xhtml+xml");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(byThePage, (await answer.Content.ReadAsStringAsync(Ct)).StartsWith("the page", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/workflows", HttpStatusCode.OK)]
    [InlineData("/assets/index-1a2b.js", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task Head_is_answered_as_get_is(string path, HttpStatusCode expected)
    {
        using var answer = await _client.SendAsync(new(HttpMethod.Head, path), Ct);
        Assert.Equal((expected, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct)));
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br", "packed by brotli")]
    [InlineData("gzip", "gzip", "packed by gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip", "packed by gzip")]
    [InlineData("identity", "", "the script")]
    public async Task An_asset_is_sent_as_the_build_compressed_it(string accepted, string encoding, string content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/index-1a2b.js");
        request.Headers.AcceptEncoding.ParseAdd(accepted);
        var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(content, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(
            (encoding, "text/javascript"),
            (string.Join(", ", answer.Content.Headers.ContentEncoding), answer.Content.Headers.ContentType?.MediaType)
        );
        Assert.Equal("public, max-age=31536000, immutable", string.Join(", ", answer.Headers.GetValues("Cache-Control")));
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.Add("Accept", accept);
        }

        return await _client.SendAsync(request, Ct);
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
