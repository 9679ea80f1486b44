using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Feed;

public sealed class JournalFeedTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signal_reaches_its_topic_only_and_is_kept_until_somebody_waits()
    {
        var feed = new JournalFeed(TimeProvider.System);
        var (watched, other) = (FeedTopic.Execution(new(Guid.CreateVersion7())), FeedTopic.Chat(new EntityId(7)));
        using var subscription = feed.Subscribe(watched);
        feed.Publish(other);
        feed.Publish(watched);
        feed.Publish(watched);
        Assert.True(await subscription.NextAsync(TimeSpan.FromSeconds(1), Ct));
        Assert.False(await subscription.NextAsync(TimeSpan.Zero, Ct));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_a_second_without_looking()
    {
        var clock = new ManualTimeProvider();
        using var subscription = new JournalFeed(clock).Subscribe(FeedTopic.Queue);
        var next = subscription.NextAsync(TimeSpan.FromHours(1), Ct);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await next);
    }

    [Fact]
    public async Task Disposed_subscription_leaves_nothing_behind_and_the_others_go_on()
    {
        var feed = new JournalFeed(TimeProvider.System);
        using var stays = feed.Subscribe(FeedTopic.Queue);
        feed.Subscribe(FeedTopic.Queue).Dispose();
        feed.Publish(FeedTopic.Queue);
        Assert.True(await stays.NextAsync(TimeSpan.FromSeconds(1), Ct));
        stays.Dispose();
        Assert.Equal(0, feed.Topics);
    }

    [Fact]
    public async Task Append_signals_the_executions_watchers()
    {
        var world = await World.CreateAsync(postgres);
        var execution = await world.RunningAsync();
        using var subscription = postgres.Services.GetRequiredService<JournalFeed>().Subscribe(FeedTopic.Execution(execution));
        await world.AppendAsync(World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)));
        Assert.True(await subscription.NextAsync(TimeSpan.FromSeconds(1), Ct));
    }

    [Fact]
    public async Task Hint_reaches_another_process_also_after_its_connections_were_cut()
    {
        // Two relays are two processes: their feeds share nothing but the database.
        var (here, there) = (new JournalFeed(TimeProvider.System), new JournalFeed(TimeProvider.System));
        using var sending = await StartAsync(here);
        using var receiving = await StartAsync(there);
        var topic = FeedTopic.Execution(new(Guid.CreateVersion7()));
        using var subscription = there.Subscribe(topic);
        await AssertArrivesAsync();

        await postgres.ExecuteAsync(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike any (array['listen%', "
                + "'%pg_notify%']) and pid <> pg_backend_pid()"
        );
        await AssertArrivesAsync();
        await sending.StopAsync(Ct);
        await receiving.StopAsync(Ct);

        // A hint that was sent before the other one listened is lost: the publisher goes on until one is heard.
        Task AssertArrivesAsync() =>
            Eventually.True(
                async () =>
                {
                    here.Publish(topic);
                    return await subscription.NextAsync(TimeSpan.FromMilliseconds(100), Ct);
                },
                Deadline,
                Ct
            );
    }

    [Fact]
    public void Payloads_stay_below_what_the_server_takes_and_lose_no_topic()
    {
        var topics = Enumerable.Range(0, 1_000).Select(_ => FeedTopic.Execution(new(Guid.CreateVersion7()))).ToList();
        var payloads = FeedRelay.Pack(topics);
        Assert.All(payloads, p => Assert.InRange(p.Length, 1, 7_999));
        Assert.Equal(topics, payloads.SelectMany(p => p.Split(',')).Select(FeedTopic.Parse));
        Assert.Empty(FeedRelay.Pack([]));
    }

    [Fact]
    public async Task Too_many_changes_to_name_wake_everybody()
    {
        var feed = new JournalFeed(TimeProvider.System);
        foreach (var _ in Enumerable.Range(0, 3_000))
        {
            feed.Publish(FeedTopic.Execution(new(Guid.CreateVersion7())));
        }

        Assert.Equal(["*"], FeedRelay.Pack(feed.TakePending()));
        Assert.Empty(feed.TakePending()!);
        using var subscription = feed.Subscribe(FeedTopic.Queue);
        feed.SignalAll();
        Assert.True(await subscription.NextAsync(TimeSpan.FromSeconds(1), Ct));
    }

    private async Task<FeedRelay> StartAsync(JournalFeed feed)
    {
        var relay = new FeedRelay(
            postgres.Services.GetRequiredService<PostgresPools>(),
            feed,
            new(TimeProvider.System),
            TimeProvider.System,
            NullLogger<FeedRelay>.Instance
        );
        await relay.StartAsync(Ct);
        return relay;
    }
}
