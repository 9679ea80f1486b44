using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class SubWorkflowTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private const int Parents = 40;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");
    private readonly EffectReceiver _receiver = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_parent_hears_of_its_one_child_although_a_process_is_killed_between_them()
    {
        var ledger = new Ledger(database.AdminConnectionString);
        var (survivorPort, victimPort) = (FreePort.Next(), FreePort.Next());
        using var survivor = await CrashHost.StartAsync(database, _keys, survivorPort);
        using var victim = await CrashHost.StartAsync(database, _keys, victimPort);
        using var client = new HttpClient();
        var parent = await PublishAsync(client, survivorPort);
        var accepted = new ConcurrentBag<string>();
        using (_receiver.Hold())
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Parents),
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct },
                async (number, ct) =>
                {
                    var port = number % 2 == 0 ? survivorPort : victimPort;
                    var started = await client.PostAsJsonAsync(
                        $"http://127.0.0.1:{port}/api/v1/workflows/{parent}/execute",
                        new { variables = new { number } },
                        ct
                    );
                    accepted.Add(
                        (await started.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct))
                            .GetProperty("data")
                            .GetProperty("execution_id")
                            .GetString()!
                    );
                }
            );
            await Eventually.True(() => _receiver.Calls.Count > Parents / 2, _patience, Ct);
        }

        // Children end now, on both sides, and their parents are being told.
        await Eventually.True(
            async () => await ledger.ScalarAsync("select count(*) from engine.executions where status = 4 and depth = 1") > 0,
            _patience,
            Ct
        );
        await victim.KillAsync();
        await ledger.EveryExecutionEndedOnceAsync(_patience);

        Assert.Equal(Parents, accepted.Count);
        Assert.Equal(Parents, await ledger.ScalarAsync("select count(*) from engine.executions where depth = 0"));
        Assert.Equal(Parents, await ledger.ScalarAsync("select count(distinct parent_execution_id) from engine.executions where depth = 1"));
        Assert.Equal(Parents, await ledger.ScalarAsync("select count(*) from engine.executions where depth = 1"));
        Assert.Equal(Parents, _receiver.Calls.Count);
        await Eventually.True(async () => await ledger.ScalarAsync("select count(*) from engine.endings") == 0, _patience, Ct);
    }

    [Theory]
    [InlineData(CrashPoint.BeforeTellParent)]
    [InlineData(CrashPoint.AfterTellParent)]
    public async Task A_host_that_dies_between_a_childs_end_and_its_parent_tells_it_once_after_the_restart(CrashPoint point)
    {
        // A database of its own: nobody else tells the parent.
        await using var own = new TestDatabase();
        await own.InitializeAsync();
        var (ledger, port) = (new Ledger(own.AdminConnectionString), FreePort.Next());
        using var client = new HttpClient();
        using (var victim = await CrashHost.StartAsync(own.AdminConnectionString, _keys, port, dieAt: point))
        {
            var parent = await PublishAsync(client, port);
            using (_receiver.Hold())
            {
                (
                    await client.PostAsJsonAsync(
                        $"http://127.0.0.1:{port}/api/v1/workflows/{parent}/execute",
                        new { variables = new { number = 1 } },
                        Ct
                    )
                ).EnsureSuccessStatusCode();
            }

            await victim.EndAsync();
        }

        Assert.Equal(
            (1, 1),
            (
                await ledger.ScalarAsync("select count(*) from engine.executions where status = 4 and depth = 1"),
                await ledger.ScalarAsync("select count(*) from engine.endings")
            )
        );
        using var restarted = await CrashHost.StartAsync(own, _keys, port);
        await ledger.EveryExecutionEndedOnceAsync(_patience);

        Assert.Equal(2, await ledger.ScalarAsync("select count(*) from engine.executions"));
        Assert.Equal(1, await ledger.ScalarAsync("select count(*) from engine.events where kind = 6"));
        Assert.Equal(
            1,
            await ledger.ScalarAsync(
                "select count(*) from engine.executions where depth = 0 and convert_from(output, 'UTF8')::json ->> 'status' = 'completed'"
            )
        );
        Assert.Equal(1, Assert.Single(_receiver.Calls).Value);
        await Eventually.True(async () => await ledger.ScalarAsync("select count(*) from engine.endings") == 0, _patience, Ct);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _keys.Delete(recursive: true);
    }

    private async Task<string> PublishAsync(HttpClient client, int port)
    {
        // The address is fixed with the first call: registering needs one.
        using var first = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Sender.RegisterAsync(first);
        client.DefaultRequestHeaders.Authorization = first.DefaultRequestHeaders.Authorization;
        var child = await PublishAsync(
            first,
            "Child",
            "action_http",
            new
            {
                url = _receiver.Url,
                method = "POST",
                body = new { number = "{{number}}" },
            }
        );
        return await PublishAsync(first, "Parent", "action_workflow", new { workflow = child, input = new { number = "{{number}}" } });
    }

    private static Task<string> PublishAsync(HttpClient client, string name, string type, object config) =>
        Sender.PublishAsync(client, name, type, config, "success");
}
