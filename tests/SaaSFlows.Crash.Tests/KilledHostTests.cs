using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class KilledHostTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");
    private readonly EffectReceiver _receiver = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Ledger Ledger => new(database.AdminConnectionString);

    [Fact]
    public async Task Every_accepted_webhook_ends_exactly_once_though_the_host_is_killed_again_and_again()
    {
        var (deliveries, kills) = Long.Tests ? (5_000, 20) : (200, 3);
        var port = FreePort.Next();
        var host = await StartAsync(port);
        try
        {
            using var sender = await Sender.CreateAsync(port, _receiver.Url);
            var sending = sender.SendAsync(port, deliveries);
            for (var kill = 1; kill <= kills; kill++)
            {
                // In the middle of the burst, while some have ended, some run and some are only accepted.
                await Eventually.True(() => sender.Accepted.Count >= kill * deliveries / (kills + 1), _patience, Ct);
                await host.KillAsync();
                host.Dispose();
                host = await StartAsync(port);
            }

            await sending;
            Assert.Equal(deliveries, sender.Accepted.Count);
            await Ledger.EveryExecutionEndedOnceAsync(_patience);
            await Ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
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

    private Task<HostProcess> StartAsync(int port) => CrashHost.StartAsync(database, _keys, port);
}
