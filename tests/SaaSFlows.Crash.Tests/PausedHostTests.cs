using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class PausedHostTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    // All that there is of the first execution: row, journal and message.
    private const string Everything = """
        select hashtext((select e::text || (select string_agg(j::text, '' order by seq) from engine.events j where j.execution_id = e.id)
            || (select string_agg(m::text, '') from automation.chat_messages m where m.execution_id = e.id)
            from engine.executions e order by e.id limit 1))
        """;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");
    private readonly EffectReceiver _receiver = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Ledger Ledger => new(database.AdminConnectionString);

    [Fact]
    public async Task A_paused_process_that_wakes_after_its_lease_ran_out_writes_nothing()
    {
        var (sleeperPort, otherPort) = (FreePort.Next(), FreePort.Next());
        using var sleeper = await CrashHost.StartAsync(database, _keys, sleeperPort);
        using var sender = await Sender.CreateAsync(sleeperPort, _receiver.Url);

        var held = _receiver.Hold();
        Assert.True(await sender.TrySendAsync(sleeperPort, 1));
        await Eventually.True(() => _receiver.Calls.Count == 1, _patience, Ct);
        sleeper.Pause();
        using var other = await CrashHost.StartAsync(database, _keys, otherPort);
        await Eventually.True(() => _receiver.Calls.Values.Sum() == 2, _patience, Ct);
        held.Dispose();
        await Ledger.EveryExecutionEndedOnceAsync(_patience);
        var ended = await Ledger.ScalarAsync(Everything);

        // It has an answer for its effect in hand now, and believes in its lease until the store tells it otherwise.
        sleeper.Resume();
        Assert.True(await sender.TrySendAsync(sleeperPort, 2));
        await Ledger.EveryExecutionEndedOnceAsync(_patience);

        Assert.Equal(ended, await Ledger.ScalarAsync(Everything));
        await Ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _keys.Delete(recursive: true);
    }
}
