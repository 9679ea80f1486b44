using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>PostgreSQL stands still or is gone: everybody is told at once, the process lives, and its log says it once.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly string[] _alive =
    [
        "/health",
        "/metrics",
        "/api/v1/status",
        "/api/v1/uptime",
        "/api/v1/openapi.json",
        "/openapi.json",
        "/api/v1/grpc/workflow_service.proto",
    ];

    // No routes of the API: pages, and what is nothing.
    private static readonly string[] _pages =
    [
        "/",
        "/sign-in",
        "/workflows",
        "/docs/index.html",
        "/favicon.svg",
        "/no-such-page",
        "/api/v1/no-such-route",
    ];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("saasflows-outage-");
    private readonly HttpClient _client = new() { Timeout = _patience };
    private EmbeddedPostgresOptions _options = null!;
    private EmbeddedPostgres _server = null!;
    private HostProcess _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string PidFile => Path.Combine(_server.DataDirectory, "cluster", "postmaster.pid");

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        _options = new()
        {
            BinariesDirectory = await EmbeddedBinaries.EnsureAsync(RepositoryRoot.Find()!, _ => { }, Ct),
            DataDirectory = Path.Combine(_folder.FullName, "data"),
            Port = FreePort.Next(),
        };
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);
        var port = FreePort.Next();
        _host = await CrashHost.StartAsync(_server.AdminConnectionStringTo("saasflows"), _folder.CreateSubdirectory("keys"), port);
        _client.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        await Sender.RegisterAsync(_client);
    }

    [Fact]
    public async Task While_PostgreSQL_is_frozen_requests_get_503_the_process_lives_and_the_log_says_it_once()
    {
        var key = await ApiKeyAsync();
        await SignalAsync("STOP");
        try
        {
            // These are in flight before anybody knows.
            var ready = _client.GetAsync("/health/ready", Ct);
            var first = await Task.WhenAll(
                Enumerable
                    .Range(0, 40)
                    .Select(n =>
                        n % 2 == 0
                            ? _client.GetAsync("/api/v1/workflows", Ct)
                            : _client.PostAsJsonAsync(
                                "/api/v1/auth/login",
                                new { email = $"{n}@example.com", password = "correct horse battery" },
                                Ct
                            )
                    )
            );
            foreach (var answer in first)
            {
                await IsUnavailableAsync(answer);
            }

            using var asked = await ready;
            await EveryRouteSaysSoAsync();
            await LivesAsync(key);
        }
        finally
        {
            await SignalAsync("CONT");
        }

        await BackAsync();
    }

    [Fact]
    public async Task While_PostgreSQL_is_gone_requests_get_503_the_process_lives_and_the_log_says_it_once()
    {
        var key = await ApiKeyAsync();
        await _server.StopAsync(Ct);

        // Also before anybody knows.
        await IsUnavailableAsync(await _client.GetAsync("/api/v1/workflows", Ct));
        await Eventually.True(
            async () => (await _client.GetAsync("/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable,
            _patience,
            Ct
        );
        await EveryRouteSaysSoAsync();
        await LivesAsync(key);
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);

        await BackAsync();
    }

    [Fact]
    public async Task Start_waits_for_its_database_where_configured()
    {
        await _server.StopAsync(Ct);
        using var late = HostProcess.Start(
            $"--ConnectionStrings:Postgres={_server.AdminConnectionStringTo("saasflows")}",
            $"--Vault:KeyDirectory={_folder.CreateSubdirectory("keys").FullName}",
            "--Database:WaitAtStart=00:01:00"
        );

        await Eventually.True(() => late.Output.Contains("waiting up to 60 s", StringComparison.Ordinal), _patience, Ct);
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);

        await late.ReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _host.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task BackAsync()
    {
        await Eventually.True(async () => (await _client.GetAsync("/api/v1/workflows", Ct)).IsSuccessStatusCode, _patience, Ct);
        await Eventually.True(() => Said("answers again") == 1, _patience, Ct);
        Assert.Equal(1, Said("The database does not answer"));
        Assert.DoesNotContain("Exception", _host.Output, StringComparison.Ordinal);
    }

    private async Task EveryRouteSaysSoAsync()
    {
        // Until the outage is known, a request that needs no row gets its own answer.
        await Eventually.True(() => Said("The database does not answer") == 1, _patience, Ct);
        var document = await _client.GetFromJsonAsync<JsonElement>("/api/v1/openapi.json", Ct);
        var walked = 0;
        foreach (
            var path in document
                .GetProperty("paths")
                .EnumerateObject()
                .Where(path => !_alive.Contains(path.Name) && !path.Name.StartsWith("/health/", StringComparison.Ordinal))
        )
        {
            foreach (var method in path.Value.EnumerateObject().Where(each => each.Name is "get" or "post" or "put" or "patch" or "delete"))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method.Name.ToUpperInvariant()), Concrete(path.Name));
                if (method.Name is not "get")
                {
                    request.Content = JsonContent.Create(new { });
                }

                using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.ServiceUnavailable,
                    $"{request.Method} {path.Name} answered {(int)answer.StatusCode}"
                );
                walked++;
            }
        }

        Assert.True(walked > 100);
    }

    private async Task LivesAsync(string key)
    {
        foreach (var path in _alive)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-API-Key", key } } };
            using var anonymous = new HttpClient { BaseAddress = _client.BaseAddress };
            using var answer = await anonymous.SendAsync(request, Ct);
            Assert.True(
                answer.StatusCode == HttpStatusCode.OK || path.StartsWith("/api", StringComparison.Ordinal),
                $"{path} answered {(int)answer.StatusCode}"
            );
        }

        foreach (var path in _pages)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path)
            {
                Headers = { { "X-API-Key", key }, { "Cookie", "saasflows_session=somebody" } },
            };
            using var anonymous = new HttpClient { BaseAddress = _client.BaseAddress };
            using var answer = await anonymous.SendAsync(request, Ct);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound, $"{path} answered {(int)answer.StatusCode}");
        }

        var ready = await _client.GetAsync("/health/ready", Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (ready.StatusCode, ready.Headers.RetryAfter is not null));
        using var wrong = new HttpRequestMessage(HttpMethod.Post, "/health") { Headers = { { "X-API-Key", key } } };
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.SendAsync(wrong, Ct)).StatusCode);
    }

    private async Task<string> ApiKeyAsync()
    {
        var made = await _client.PostAsJsonAsync("/api/v1/api-keys", new { name = "outage" }, Ct);
        return (await made.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("key").GetString()!;
    }

    private static async Task IsUnavailableAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable, text);
        Assert.Equal("UNAVAILABLE", JsonElement.Parse(text).GetProperty("error").GetProperty("code").GetString());
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private static string Concrete(string template) =>
        System.Text.RegularExpressions.Regex.Replace(template, "{[^}]+}", _ => Guid.CreateVersion7().ToString());

    private int Said(string words) => _host.Output.Split(words).Length - 1;

    // The server's children are sessions, which would go on answering.
    private async Task SignalAsync(string name)
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(PidFile, Ct))[0], CultureInfo.InvariantCulture);
        var children = (await File.ReadAllTextAsync($"/proc/{postmaster}/task/{postmaster}/children", Ct)).Split(
            ' ',
            StringSplitOptions.RemoveEmptyEntries
        );
        using var kill = Process.Start("kill", ["-" + name, $"{postmaster}", .. children]);
        await kill.WaitForExitAsync(Ct);
    }
}
