using System.Net;
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
            using (var first = await CrashHost.StartAsync(database, keys, port))
            {
                await Sender.RegisterAsync(client);
                await first.KillAsync();
            }

            using var second = await CrashHost.StartAsync(database, keys, port);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/v1/me", Ct)).StatusCode);
        }
        finally
        {
            keys.Delete(recursive: true);
        }
    }
}
