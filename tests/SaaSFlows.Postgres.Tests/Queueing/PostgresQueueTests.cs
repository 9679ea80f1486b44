using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>Each test has a database of its own: a claim takes whatever there is.</summary>
public sealed class PostgresQueueTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly PostgresFixture postgres = new();
    private ManualTimeProvider clock = null!;
    private World world = null!;
    private PostgresQueue queue = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await postgres.InitializeAsync();
        world = await World.CreateAsync(postgres);
        // Not before: making the database may take longer than a test moves the clock, and executions are accepted by the real one.
        clock = new(World.Now());
        queue = new(Pools, clock);
    }

    public async ValueTask DisposeAsync() => await postgres.DisposeAsync();

    private PostgresPools Pools => postgres.Services.GetRequiredService<PostgresPools>();

    [Fact]
    public async Task Claim_raises_the_fence_and_hands_over_all_that_a_runner_needs()
    {
        var request = world.Request(leased: false);
        var execution = await world.AcceptedAsync(request);
        clock.Advance(TimeSpan.FromSeconds(5));
        var claimed = Assert.Single(await queue.ClaimAsync(world.Worker, 10, Lease, Ct));
        Assert.Equal(new ClaimedExecution(request.Ref, world.Version, 1, 1, 0), claimed with { Known = [] });
        Assert.Equal([(1L, request.Started.Kind)], claimed.Known.Select(known => (known.Seq, known.Kind)));
        Assert.Equal(request.Started.Body.ToArray(), claimed.Known[0].Body.ToArray());
        Assert.Equal(2, await world.ReadAsync<short>(execution, "status"));
        Assert.Empty(await queue.ClaimAsync(new(Guid.CreateVersion7()), 10, Lease, Ct));
    }

    [Fact]
    public async Task Abandoned_execution_is_claimed_again_and_the_old_fence_writes_nothing()
    {
        var execution = await world.AcceptedAsync(world.Request(leased: false));
        clock.Advance(TimeSpan.FromSeconds(5));
        await queue.ClaimAsync(world.Worker, 10, Lease, Ct);
        clock.Advance(Lease - TimeSpan.FromSeconds(1));
        var second = new WorkerId(Guid.CreateVersion7());
        Assert.Empty(await queue.ClaimAsync(second, 10, Lease, Ct));

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, Assert.Single(await queue.ClaimAsync(second, 10, Lease, Ct)).Fence);
        Assert.Equal(
            AppendVerdict.LostLease,
            await world.AppendAsync(World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)))
        );
        Assert.Equal([execution], (await queue.RenewAsync(world.Worker, [new(execution, 1, 0)], Lease, Ct)).Lost);
        Assert.Empty((await queue.RenewAsync(second, [new(execution, 2, 0)], Lease, Ct)).Lost);
    }

    [Fact]
    public async Task Renewed_lease_is_kept_and_tells_of_new_facts()
    {
        var execution = await world.AcceptedAsync(world.Request(leased: false));
        clock.Advance(TimeSpan.FromSeconds(5));
        await queue.ClaimAsync(world.Worker, 10, Lease, Ct);
        for (var beat = 0; beat < 6; beat++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            var quiet = await queue.RenewAsync(world.Worker, [new(execution, 1, 0)], Lease, Ct);
            Assert.Empty(quiet.Lost);
            Assert.Empty(quiet.WithNewFacts);
            Assert.Empty(await queue.ClaimAsync(new(Guid.CreateVersion7()), 10, Lease, Ct));
        }

        await world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Cancel, null, default, Ct);
        Assert.Equal([execution], (await queue.RenewAsync(world.Worker, [new(execution, 1, 0)], Lease, Ct)).WithNewFacts);
        Assert.Empty((await queue.RenewAsync(world.Worker, [new(execution, 1, 1)], Lease, Ct)).WithNewFacts);
        Assert.Empty(await queue.ClaimAsync(new(Guid.CreateVersion7()), 10, Lease, Ct));
    }

    [Fact]
    public async Task Ended_and_parked_executions_are_lost_to_a_renewal()
    {
        var (parked, _) = await world.ParkedAsync();
        Assert.Equal([parked], (await queue.RenewAsync(world.Worker, [new(parked, 1, 0)], Lease, Ct)).Lost);
    }

    [Fact]
    public async Task Tenant_with_a_long_line_does_not_starve_the_others()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => world.AcceptedAsync(world.Request(leased: false))));
        var others = new List<World>();
        for (var i = 0; i < 3; i++)
        {
            others.Add(await World.CreateAsync(postgres));
            await others[i].AcceptedAsync(others[i].Request(leased: false));
            await others[i].AcceptedAsync(others[i].Request(leased: false));
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        var claimed = await queue.ClaimAsync(world.Worker, 8, Lease, Ct);
        Assert.Equal(8, claimed.Count);
        Assert.All(others, o => Assert.Equal(2, claimed.Count(c => c.Ref.Tenant == o.Tenant)));
        Assert.Equal(100, (await queue.ClaimAsync(world.Worker, 100, Lease, Ct)).Count);
    }

    [Fact]
    public async Task Of_a_tenant_that_has_enough_nothing_is_claimed_and_the_others_are_found()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.AcceptedAsync(world.Request(leased: false))));
        var other = await World.CreateAsync(postgres);
        var execution = await other.AcceptedAsync(other.Request(leased: false));
        clock.Advance(TimeSpan.FromSeconds(60));

        var claimed = await queue.ClaimAsync(world.Worker, 1, Lease, [world.Tenant, new(Guid.NewGuid())], Ct);

        Assert.Equal(execution, Assert.Single(claimed).Ref.Id);
        Assert.Empty(await queue.ClaimAsync(world.Worker, 10, Lease, [world.Tenant], Ct));
        Assert.Equal(20, (await queue.ClaimAsync(world.Worker, 30, Lease, Ct)).Count);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public async Task Wherever_a_claim_begins_it_finds_every_tenant(int lane)
    {
        var worlds = new List<World> { world };
        for (var i = 0; i < 5; i++)
        {
            worlds.Add(await World.CreateAsync(postgres));
        }

        var executions = await Task.WhenAll(worlds.Select(one => one.AcceptedAsync(one.Request(leased: false))));
        clock.Advance(TimeSpan.FromSeconds(60));

        var claimed = await new PostgresQueue(Pools, clock, () => lane).ClaimAsync(world.Worker, 6, Lease, Ct);

        Assert.Equal(executions.ToHashSet(), claimed.Select(one => one.Ref.Id).ToHashSet());
    }

    [Fact]
    public async Task Every_tenant_comes_first_from_some_place_however_many_there_are()
    {
        var worlds = new List<World> { world };
        for (var i = 0; i < 5; i++)
        {
            worlds.Add(await World.CreateAsync(postgres));
        }

        foreach (var one in worlds)
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => one.AcceptedAsync(one.Request(leased: false))));
        }

        clock.Advance(TimeSpan.FromSeconds(60));
        foreach (var one in worlds)
        {
            var lane = BinaryPrimitives.ReadInt32BigEndian(one.Tenant.Value.ToByteArray(bigEndian: true).AsSpan(12));
            var claimed = await new PostgresQueue(Pools, clock, () => lane).ClaimAsync(world.Worker, 2, Lease, Ct);
            Assert.Equal(2, claimed.Count);
            Assert.Contains(claimed, found => found.Ref.Tenant == one.Tenant);
        }
    }

    [Fact]
    public async Task Tenants_whose_executions_all_run_or_wait_for_later_hide_nobody()
    {
        foreach (var running in (World[])[world, await World.CreateAsync(postgres), await World.CreateAsync(postgres)])
        {
            await running.AcceptedAsync(running.Request(leased: true));
            var later = await running.RunningAsync();
            await running.AppendAsync(World.Append(later, 1, 1, new ExecutionTransition.Yield(clock.GetUtcNow().AddHours(1)), World.Event(2)));
        }

        var other = await World.CreateAsync(postgres);
        var execution = await other.AcceptedAsync(other.Request(leased: false));
        clock.Advance(TimeSpan.FromSeconds(5));

        foreach (var lane in (int[])[int.MinValue, 0])
        {
            var claims = await new PostgresQueue(Pools, clock, () => lane).ClaimAsync(world.Worker, 1, TimeSpan.FromSeconds(1), Ct);
            Assert.Equal([execution], claims.Select(one => one.Ref.Id));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Claims_at_the_same_moment_share_without_overlap()
    {
        var executions = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => world.AcceptedAsync(world.Request(leased: false))));
        clock.Advance(TimeSpan.FromSeconds(60));
        var claims = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(
                        async () =>
                        {
                            var mine = new List<ExecutionId>();
                            while (await queue.ClaimAsync(new(Guid.CreateVersion7()), 10, Lease, Ct) is { Count: > 0 } claimed)
                            {
                                mine.AddRange(claimed.Select(c => c.Ref.Id));
                            }

                            return mine;
                        },
                        Ct
                    )
                )
        );
        var taken = claims.SelectMany(c => c).Concat((await queue.ClaimAsync(world.Worker, 200, Lease, Ct)).Select(c => c.Ref.Id)).ToList();
        Assert.Equal(executions.ToHashSet(), taken.ToHashSet());
        Assert.Equal(200, taken.Count);
    }

    [Fact]
    public async Task Fact_wakes_a_parked_execution_and_comes_in_order()
    {
        var (execution, bookmark) = await world.ParkedAsync();
        await world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Stimulus, bookmark.Id, "{\"n\":1}"u8.ToArray(), Ct);
        await world.Inbox.DeliverAsync(null, execution, InboxFactKind.Cancel, null, default, Ct);
        clock.Advance(TimeSpan.FromSeconds(5));
        var claimed = Assert.Single(await queue.ClaimAsync(world.Worker, 10, Lease, Ct));
        Assert.Equal((execution, 2L, 2L, 2L), (claimed.Ref.Id, claimed.Fence, claimed.HeadSeq, claimed.InboxSeq));

        var facts = await queue.ReadInboxAsync(execution, Ct);
        Assert.Equal(
            [(1, InboxFactKind.Stimulus, bookmark.Id, 7), (2, InboxFactKind.Cancel, null, 0)],
            facts.Select(f => (f.Number, f.Kind, f.Bookmark, f.Body.Length))
        );
    }

    [Fact]
    public async Task Fact_for_another_tenants_or_an_ended_execution_is_refused()
    {
        var other = await World.CreateAsync(postgres);
        var execution = await world.RunningAsync();
        Assert.IsType<DeliverVerdict.NotFound>(await world.Inbox.DeliverAsync(other.Tenant, execution, InboxFactKind.Cancel, null, default, Ct));
        Assert.IsType<DeliverVerdict.NotFound>(
            await world.Inbox.DeliverAsync(world.Tenant, new(Guid.CreateVersion7()), InboxFactKind.Cancel, null, default, Ct)
        );
        await world.AppendAsync(
            World.Append(execution, 1, 1, new ExecutionTransition.End(ExecutionStatus.Completed, default, null, null, null, 1), World.Event(2))
        );
        Assert.IsType<DeliverVerdict.AlreadyEnded>(await world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Cancel, null, default, Ct));
        Assert.Equal((0, 0), (await world.CountAsync("inbox", execution), await world.CountAsync("queue", execution)));
    }

    [Fact]
    public async Task Two_hundred_bookmarks_due_at_once_fire_once_each()
    {
        var due = clock.GetUtcNow().AddHours(1);
        var parked = await Task.WhenAll(Enumerable.Range(0, 199).Select(_ => world.ParkedAsync(due)));
        var twice = await world.RunningAsync();
        Bookmark[] pair = [World.Timer(due), World.Timer(due.AddMilliseconds(1)), World.Timer(due.AddHours(1)), World.Timer(null)];
        await world.AppendAsync(World.Append(twice, 1, 1, new ExecutionTransition.Park(0), World.Event(2)) with { NewBookmarks = pair });
        var bookmarks = new DueBookmarks(Pools, postgres.Services.GetRequiredService<JournalFeed>(), clock);
        Assert.Equal((0, due), await bookmarks.FireAsync(500, Ct));

        clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        var fired = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => bookmarks.FireAsync(500, Ct), Ct)));
        var rest = await bookmarks.FireAsync(500, Ct);
        Assert.Equal(201, fired.Sum(f => f.Fired) + rest.Fired);
        Assert.Equal(due.AddHours(1), rest.NextDue);

        Assert.Equal(200, (await queue.ClaimAsync(world.Worker, 500, Lease, Ct)).Count);
        Assert.Equal([(1, pair[0].Id), (2, pair[1].Id)], (await queue.ReadInboxAsync(twice, Ct)).Select(f => (f.Number, f.Bookmark!.Value)));
        foreach (var (execution, bookmark) in parked)
        {
            Assert.Equal(
                [(1, InboxFactKind.Due, bookmark.Id)],
                (await queue.ReadInboxAsync(execution, Ct)).Select(f => (f.Number, f.Kind, f.Bookmark!.Value))
            );
        }
    }
}
