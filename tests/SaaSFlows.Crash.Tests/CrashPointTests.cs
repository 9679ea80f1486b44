using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

public sealed class CrashPointTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    // The others are tried where they are reached.
    private static readonly CrashPoint[] _points =
    [
        .. Enum.GetValues<CrashPoint>().Except([CrashPoint.BeforeTellParent, CrashPoint.AfterTellParent]),
    ];
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("saasflows-keys");
    private readonly EffectReceiver _receiver = new();

    private Ledger Ledger => new(database.AdminConnectionString);

    [Fact]
    public async Task Whatever_point_a_process_is_killed_at_another_one_finishes()
    {
        var (survivorPort, victimPort) = (FreePort.Next(), FreePort.Next());
        using var survivor = await CrashHost.StartAsync(database, _keys, survivorPort);
        using var sender = await Sender.CreateAsync(survivorPort, _receiver.Url);
        foreach (var point in _points)
        {
            using var victim = await CrashHost.StartAsync(database.AdminConnectionString, _keys, victimPort, dieAt: point);
            var calls = _receiver.Calls.Values.Sum();
            await sender.TrySendAsync(victimPort, (int)point);
            await victim.EndAsync();
            if (point is CrashPoint.AfterClaim or CrashPoint.BeforeAppend)
            {
                // It ran in memory and was not accepted yet: nothing was acknowledged, nothing done. The sender sends again.
                Assert.Equal(0, _receiver.Calls.Values.Sum() - calls);
                Assert.True(await sender.TrySendAsync(survivorPort, (int)point));
            }

            await Ledger.EveryExecutionEndedOnceAsync(_patience);

            // Between the deed and its record nobody can know: there, and only there, the deed is done again.
            Assert.Equal(point == CrashPoint.AfterEffect ? 2 : 1, _receiver.Calls.Values.Sum() - calls);
        }

        Assert.Equal(_points.Length, await Ledger.ScalarAsync("select count(*) from engine.executions"));
        await Ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _keys.Delete(recursive: true);
    }
}
