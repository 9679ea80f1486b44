using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class LimitedWorkflowTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");
    private readonly EffectReceiver _receiver = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_process_takes_no_place_of_a_limited_workflow_with_it()
    {
        const int deliveries = 40;
        var ledger = new Ledger(database.AdminConnectionString);
        var port = FreePort.Next();
        var host = await CrashHost.StartAsync(database, _keys, port);
        try
        {
            using var sender = await Sender.CreateAsync(port, _receiver.Url, new { concurrency = new { limit = 3 } });
            using (_receiver.Hold())
            {
                // Three hold the places in the middle of their effects, the others wait in line.
                await sender.SendAsync(port, deliveries);
                await Eventually.True(() => _receiver.Calls.Count == 3, _patience, Ct);
                Assert.Equal(deliveries - 3, await ledger.ScalarAsync("select count(*) from engine.line where not running"));
                await host.KillAsync();
            }

            host.Dispose();
            host = await CrashHost.StartAsync(database, _keys, port);
            await ledger.EveryExecutionEndedOnceAsync(_patience);
            await ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
            await Eventually.True(
                async () => await ledger.ScalarAsync("select (select count(*) from engine.line) + (select count(*) from engine.endings)") == 0,
                _patience,
                Ct
            );
        }
        finally
        {
            host.Dispose();
        }
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _keys.Delete(recursive: true);
    }
}
