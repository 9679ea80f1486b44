using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class ApprovalTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_decision_between_two_tries_of_its_node_counts_once_and_who_comes_second_is_told()
    {
        var ledger = new Ledger(database.AdminConnectionString);
        var (survivorPort, victimPort) = (FreePort.Next(), FreePort.Next());
        using var survivor = await CrashHost.StartAsync(database, _keys, survivorPort);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{survivorPort}") };
        await Sender.RegisterAsync(client);
        var workflow = await Sender.PublishAsync(client, "Asks", "action_approval", new { message = "Well?" }, "approved");

        // The question is asked, and its process dies before that is recorded. Until the lease runs out nobody tries again.
        using (
            var victim = await CrashHost.StartAsync(
                database.AdminConnectionString,
                _keys,
                victimPort,
                dieAt: CrashPoint.AfterEffect,
                lease: TimeSpan.FromSeconds(8)
            )
        )
        {
            try
            {
                await client.PostAsJsonAsync($"http://127.0.0.1:{victimPort}/api/v1/workflows/{workflow}/execute", new { }, Ct);
            }
            catch (HttpRequestException)
            {
                // It died before its answer was out.
            }

            await victim.EndAsync();
        }

        var asked = Assert.Single(
            (await client.GetFromJsonAsync<JsonElement>("/api/v1/approvals?status=pending", Ct)).GetProperty("data").EnumerateArray()
        );
        var id = asked.GetProperty("approval_id").GetGuid();
        var decided = await client.PostAsJsonAsync($"/api/v1/approvals/{id}/approve", new { }, Ct);
        var second = await client.PostAsJsonAsync($"/api/v1/approvals/{id}/reject", new { }, Ct);
        Assert.Equal(0, await ledger.ScalarAsync("select count(*) from engine.events where node_id = 'call' and kind <> 3"));
        await ledger.EveryExecutionEndedOnceAsync(_patience);
        var late = await client.PostAsJsonAsync($"/api/v1/approvals/{id}/reject", new { }, Ct);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Conflict), (decided.StatusCode, second.StatusCode, late.StatusCode));
        foreach (var refused in new[] { second, late })
        {
            var details = (await refused.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("error").GetProperty("details");
            Assert.Equal(("approval.decided", "approved"), (details.GetProperty("reason").GetString(), details.GetProperty("decision").GetString()));
        }

        Assert.Equal(2, await ledger.ScalarAsync("select count(*) from engine.events where node_id = 'call' and kind = 3"));
        Assert.Equal(
            1,
            await ledger.ScalarAsync("select count(*) from engine.events where node_id = 'call' and kind = 2 and body ->> 'port' = 'approved'")
        );
        Assert.Equal(1, await ledger.ScalarAsync("select count(*) from automation.approvals where status = 'approved'"));
    }

    public void Dispose() => _keys.Delete(recursive: true);
}
