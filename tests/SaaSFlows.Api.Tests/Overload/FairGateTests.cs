using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Overload;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.Overload;

/// <summary>How many are let in, who, and in which order.</summary>
public sealed class FairGateTests : IDisposable
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Overload = TimeSpan.FromMilliseconds(100);
    private static readonly GateKey Loud = new(Guid.NewGuid(), 0);
    private static readonly GateKey Quiet = new(Guid.NewGuid(), 0);

    private readonly ManualTimeProvider clock = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FairGate gate;

    public FairGateTests() => gate = Gate(maxInFlight: 8, maxWaiting: 8);

    public void Dispose()
    {
        gate.Dispose();
        services.Dispose();
    }

    [Fact]
    public void A_tenant_alone_has_half_and_two_have_a_third_each()
    {
        var loud = Enter(Loud, 20);
        Assert.Equal(4, loud.Count(IsIn));

        var others = Enter(Quiet, 20);
        Assert.Equal(2, others.Count(IsIn));
        Assert.Equal([true], Enter(new(Guid.NewGuid(), 0), 1).Select(IsIn));
        Assert.Equal([true], Enter(new(Guid.Empty, 7), 1).Select(IsIn));
    }

    [Fact]
    public void However_many_ask_no_more_are_in_than_may_be()
    {
        var all = Enumerable.Range(0, 50).Select(i => Enter(new(Guid.Empty, i), 2)).SelectMany(each => each).ToList();

        Assert.Equal(8, all.Count(IsIn));
        Assert.All(all.Where(one => one.IsCompleted && !IsIn(one)), one => Assert.Equal(GateAnswer.ProcessIsFull, one.Result));
    }

    [Fact]
    public void Places_that_become_free_go_to_the_oldest_and_to_tenants_in_turn()
    {
        var loud = Enter(Loud, 7);
        var quiet = Enter(Quiet, 4);
        Assert.Equal((4, 2), (loud.Count(IsIn), quiet.Count(IsIn)));

        gate.Leave(Loud);
        Assert.Equal((4, 3), (loud.Count(IsIn), quiet.Count(IsIn)));
        Assert.True(IsIn(quiet[2]));
        gate.Leave(Loud);
        Assert.Equal((5, 3), (loud.Count(IsIn), quiet.Count(IsIn)));
        Assert.True(IsIn(loud[4]));
    }

    [Fact]
    public void In_an_overload_the_newest_goes_first()
    {
        var refused = Enter(Loud, 5)[4];
        clock.Advance(Burst + TimeSpan.FromMilliseconds(20));
        Assert.True(refused.IsCompleted);

        var waiting = Enter(Loud, 3);
        gate.Leave(Loud);
        Assert.Equal([false, false, true], waiting.Select(IsIn));
        clock.Advance(Burst);
        clock.Advance(Burst);
        var calm = Enter(Loud, 2);
        gate.Leave(Loud);
        Assert.Equal([true, false], calm.Select(IsIn));
    }

    [Fact]
    public void One_tenant_has_no_more_than_its_bound_however_much_is_free()
    {
        using var wide = Gate(maxInFlight: 100, maxWaiting: 8, perTenant: 3);
        var all = Enumerable.Range(0, 5).Select(_ => wide.EnterAsync(Loud).AsTask()).ToList();
        Assert.Equal(3, all.Count(IsIn));
        wide.Leave(Loud);
        Assert.Equal(4, all.Count(IsIn));
    }

    [Fact]
    public async Task A_burst_is_waited_for_and_what_goes_on_is_refused_soon()
    {
        var first = Enter(Loud, 5)[4];
        clock.Advance(Burst - TimeSpan.FromMilliseconds(40));
        Assert.False(first.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(60));
        Assert.True(first.IsCompleted);
        Assert.Equal(GateAnswer.ShareIsFull, await first);

        var second = Enter(Loud, 1)[0];
        clock.Advance(Overload + TimeSpan.FromMilliseconds(20));
        Assert.True(second.IsCompleted);
        Assert.Equal(GateAnswer.ShareIsFull, await second);

        clock.Advance(Burst);
        var third = Enter(Loud, 1)[0];
        clock.Advance(Overload * 2);
        Assert.False(third.IsCompleted);
        gate.Leave(Loud);
        Assert.True(IsIn(third));
    }

    [Fact]
    public async Task When_too_many_wait_the_oldest_of_the_same_tenant_is_refused_at_once()
    {
        var loud = Enter(Loud, 9);
        Assert.True(loud[4].IsCompleted);
        Assert.Equal(GateAnswer.ShareIsFull, await loud[4]);
        Assert.All(loud[5..], one => Assert.False(one.IsCompleted));
        Assert.All(Enter(Quiet, 3).Take(2), one => Assert.True(IsIn(one)));
    }

    [Fact]
    public async Task A_race_never_lets_in_too_many_and_forgets_nobody()
    {
        using var wide = Gate(maxInFlight: 16, maxWaiting: 10_000);
        var (now, most) = (0, 0);
        await Task.WhenAll(
                Enumerable
                    .Range(0, 64)
                    .Select(i =>
                        Task.Run(async () =>
                        {
                            var key = new GateKey(Guid.Empty, i % 3);
                            for (var n = 0; n < 200; n++)
                            {
                                Assert.Equal(GateAnswer.Entered, await wide.EnterAsync(key));
                                InterlockedMax(ref most, Interlocked.Increment(ref now));
                                await Task.Yield();
                                Interlocked.Decrement(ref now);
                                wide.Leave(key);
                            }
                        })
                    )
            )
            .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.InRange(most, 2, 16);
    }

    private FairGate Gate(int maxInFlight, int maxWaiting, int perTenant = int.MaxValue) =>
        new(
            new()
            {
                MaxInFlight = maxInFlight,
                MaxInFlightPerTenant = perTenant,
                MaxWaiting = maxWaiting,
                BurstWait = Burst,
                OverloadWait = Overload,
            },
            clock,
            services.GetRequiredService<IMeterFactory>()
        );

    private List<Task<GateAnswer>> Enter(GateKey key, int count) => [.. Enumerable.Range(0, count).Select(_ => gate.EnterAsync(key).AsTask())];

    private static bool IsIn(Task<GateAnswer> one) => one is { IsCompletedSuccessfully: true, Result: GateAnswer.Entered };

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}
