using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class RestartTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_keeps_tokens_valid()
    {
        var keys = Directory.CreateTempSubdirectory("saasflows-keys");
        var port = FreePort.Next();
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            using (var first = await StartAsync(keys, port))
            {
                await RegisterAsync(client);
                await first.KillAsync();
            }

            using var second = await StartAsync(keys, port);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/me", Ct)).StatusCode);
        }
        finally
        {
            keys.Delete(recursive: true);
        }
    }

    private Task<HostProcess> StartAsync(DirectoryInfo keys, int port) => CrashHost.StartAsync(database, keys, port);

    private static async Task<JsonElement> RegisterAsync(HttpClient client)
    {
        var response = await client.PostAsJsonAsync(
            "/api/v1/auth/register", new { tenant_name = "Crash", email = $"{Guid.NewGuid():N}@example.com", password = "correct horse battery" }, Ct);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", body.GetProperty("token").GetString());
        return body;
    }
}
