using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Engine.Tests.Running;

public sealed class SlotLineTests
{
    private static readonly TenantId _busy = new(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
    private static readonly TenantId _small = new(new Guid(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    private readonly Queue<TenantId> _others = new();
    private readonly ManualTimeProvider _time = new();
    private readonly WorkerOptions _options = new()
    {
        Slots = 2,
        ClaimBatch = 2,
        MaxWaiting = 100,
        MaxWaitingBytes = 1_000,
    };

    [Fact]
    public async Task A_free_slot_is_taken_at_once_and_the_next_one_waits_for_its_release()
    {
        var line = Full();
        var waiting = line.TakeAsync(_busy, 10).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, line.Waiting);

        Assert.False(Free(line));

        Assert.True(await waiting);
        Assert.Equal(0, line.Waiting);
    }

    [Fact]
    public async Task A_tenant_with_a_long_line_does_not_hold_up_another()
    {
        var line = Full();
        var busy = Enumerable.Range(0, 50).Select(_ => line.TakeAsync(_busy, 1).AsTask()).ToList();
        var small = line.TakeAsync(_small, 1).AsTask();

        Free(line);
        Free(line);

        Assert.True(await small);
        Assert.True(await busy[0]);
        Assert.All(busy.Skip(1), waiting => Assert.False(waiting.IsCompleted));
    }

    [Fact]
    public async Task Who_has_waited_long_enough_is_left_to_the_queue_and_leaves_its_place()
    {
        var line = Full();
        var early = line.TakeAsync(_busy, 900).AsTask();
        _time.Advance(_options.MaxWait / 2);
        Assert.False(await line.TakeAsync(_busy, 101), "The line holds more bytes than it may.");
        var late = line.TakeAsync(_small, 100).AsTask();

        _time.Advance(_options.MaxWait / 2);
        line.Expire();

        Assert.False(await early);
        Assert.False(late.IsCompleted);
        var again = line.TakeAsync(_busy, 900).AsTask();
        Free(line);
        Free(line);
        Assert.True(await late);
        Assert.True(await again);
    }

    [Fact]
    public async Task No_more_wait_than_may()
    {
        var line = Full();
        var waiting = Enumerable.Range(0, 100).Select(_ => line.TakeAsync(_busy, 0).AsTask()).ToList();

        Assert.False(await line.TakeAsync(_small, 0));
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
    }

    [Fact]
    public async Task Where_slots_stay_taken_nobody_waits_in_vain()
    {
        var line = Full();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(_options.MaxWait);
            line.Expire();
        }

        Assert.False(await line.TakeAsync(_busy, 0));

        Free(line);
        Assert.True(await line.TakeAsync(_busy, 0));
    }

    [Fact]
    public async Task The_queue_and_those_that_wait_share_what_becomes_free()
    {
        _options.Slots = 8;
        var line = Full();
        Assert.Equal(0, line.TakeForClaim(2, out _));
        var waiting = Enumerable.Range(0, 6).Select(_ => line.TakeAsync(new(Guid.NewGuid()), 0).AsTask()).ToList();

        Assert.Equal(4, Enumerable.Range(0, 4).Count(_ => Free(line)));

        Assert.Equal(2, waiting.Count(one => one.IsCompleted));
        Assert.Equal(1, line.TakeForClaim(64, out _));
        line.QueueIsEmpty();
        line.GiveBack(1);
        Assert.False(Free(line));
        Assert.False(Free(line));
        Assert.True((await Task.WhenAll(waiting)).All(taken => taken));
    }

    [Fact]
    public async Task Slots_that_were_kept_for_an_empty_queue_go_to_those_that_wait()
    {
        var line = Full();
        line.TakeForClaim(1, out _);
        var waiting = line.TakeAsync(_busy, 0).AsTask();
        Assert.True(Free(line));
        Assert.False(waiting.IsCompleted);

        line.QueueIsEmpty();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_slow_claim_keeps_no_more_than_it_can_take()
    {
        _options.Slots = 20;
        var line = Full();
        line.TakeForClaim(2, out _);
        var waiting = Enumerable.Range(0, 20).Select(_ => line.TakeAsync(new(Guid.NewGuid()), 0).AsTask()).ToList();

        for (var i = 0; i < 20; i++)
        {
            Free(line);
        }

        Assert.Equal(18, waiting.Count(one => one.IsCompleted));
        line.Close();
        Assert.Equal(2, (await Task.WhenAll(waiting)).Count(taken => !taken));
    }

    [Fact]
    public async Task A_tenant_whose_executions_take_for_ever_leaves_a_third_to_the_others()
    {
        _options.Slots = 12;
        var line = new SlotLine(_options, _time);
        line.Open();
        var busy = Enumerable.Range(0, 20).Select(_ => line.TakeAsync(_busy, 0).AsTask()).ToList();
        Assert.Equal(8, busy.Count(one => one.IsCompleted));

        Assert.True(line.TakeAsync(_small, 0).AsTask().IsCompletedSuccessfully);
        Assert.True(line.TakeAsync(_small, 0).AsTask().IsCompletedSuccessfully);

        line.Release(_busy);
        Assert.Equal(8, busy.Count(one => one.IsCompleted));
        line.Release(_busy);
        line.Release(_busy);
        Assert.Equal(10, busy.Count(one => one.IsCompleted));
        line.Close();
        Assert.Equal(10, (await Task.WhenAll(busy)).Count(taken => taken));
    }

    [Fact]
    public void A_claim_is_told_who_has_enough_and_takes_no_more_than_half()
    {
        _options.Slots = 12;
        var line = new SlotLine(_options, _time);
        Assert.Equal(6, line.TakeForClaim(64, out var full));
        Assert.Empty(full);
        for (var i = 0; i < 6; i++)
        {
            line.Claimed(_busy);
        }

        Assert.Equal(3, line.TakeForClaim(64, out full));
        Assert.Empty(full);
        line.Claimed(_busy);
        line.Claimed(_busy);
        line.GiveBack(1);

        Assert.Equal(2, line.TakeForClaim(64, out full));
        Assert.Equal([_busy], full);
        line.GiveBack(2);
        line.Release(_busy);
        line.TakeForClaim(64, out full);
        Assert.Empty(full);
    }

    [Fact]
    public async Task Nothing_is_taken_before_the_worker_runs_or_after_it_stops()
    {
        var line = new SlotLine(_options, _time);
        Assert.False(await line.TakeAsync(_busy, 0));
        line.Open();
        Assert.True(await line.TakeAsync(_busy, 0));
        Assert.True(await line.TakeAsync(_busy, 0));
        var waiting = line.TakeAsync(_busy, 0).AsTask();

        line.Close();

        Assert.False(await waiting);
        line.Release(_busy);
        Assert.False(await line.TakeAsync(_busy, 0));
    }

    private SlotLine Full()
    {
        var line = new SlotLine(_options, _time);
        line.Open();
        for (var i = 0; i < _options.Slots; i++)
        {
            _others.Enqueue(new(Guid.NewGuid()));
            Assert.True(line.TakeAsync(_others.Last(), 0).AsTask().IsCompletedSuccessfully);
        }

        return line;
    }

    // The slots that all were taken are those of many tenants.
    private bool Free(SlotLine line) => line.Release(_others.Dequeue());
}
