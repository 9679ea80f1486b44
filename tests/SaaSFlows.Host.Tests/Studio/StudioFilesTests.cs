using System.Net;
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

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "index.html"), "the page");
        await File.WriteAllTextAsync(Path.Combine(_folder, "assets", "index-1a2b.js"), "the script");
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
    [InlineData("/", "the page", "no-cache")]
    [InlineData("/workflows/0b6c.draft", "the page", "no-cache")]
    [InlineData("/apiary", "the page", "no-cache")]
    [InlineData("/assets/index-1a2b.js", "the script", "public, max-age=31536000, immutable")]
    public async Task Studio_answers_its_own_addresses(string path, string expected, string caching)
    {
        var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(caching, string.Join(", ", answer.Headers.GetValues("Cache-Control")));
    }

    [Theory]
    [InlineData("/api/v1/unknown")]
    [InlineData("/API/v1/unknown")]
    [InlineData("/health/unknown")]
    [InlineData("/.well-known/unknown")]
    [InlineData("/swagger-ui/unknown")]
    [InlineData("/assets/index-old.js")]
    public async Task Addresses_of_others_are_not_the_studio(string path)
    {
        var answer = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Studio_accepts_no_posts()
    {
        var answer = await _client.PostAsync(new Uri("/workflows", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
