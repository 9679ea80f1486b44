using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Postgres.Tests.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

public sealed class WebhookRateTests : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Window = 60 * Slot;

    // Begins with a slot.
    private static readonly DateTimeOffset Start = new(DateTime.UtcNow.Date, TimeSpan.Zero);

    private readonly PostgresFixture postgres;
    private readonly ManualTimeProvider clock = new(Start);
    private readonly ServiceProvider one;
    private readonly ServiceProvider two;
    private World world = null!;

    public WebhookRateTests(PostgresFixture postgres) => (this.postgres, one, two) = (postgres, Process(postgres), Process(postgres));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Intake Intake => one.GetRequiredService<Intake>();

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    [Fact]
    public async Task Of_two_hundred_deliveries_at_once_to_two_processes_exactly_the_limit_is_taken()
    {
        var verdicts = await AtOnceAsync(200, _ => null);

        Assert.Equal((60, 140), (verdicts.OfType<AcceptVerdict.Accepted>().Count(), verdicts.OfType<AcceptVerdict.RateLimited>().Count()));
        Assert.Equal(60L, await postgres.ScalarAsync("select count(*) from engine.executions where webhook_id = $1", world.Webhook.Value));
        Assert.Equal(60L, await postgres.ScalarAsync("select total from engine.webhook_counters where webhook_id = $1", world.Webhook.Value));
    }

    [Fact]
    public async Task A_hundred_events_that_come_twice_at_once_to_two_processes_fill_the_limit_once()
    {
        var verdicts = await AtOnceAsync(200, i => Key($"event {i / 2}"));

        var accepted = verdicts.Index().Where(x => x.Item is AcceptVerdict.Accepted).Select(x => x.Index / 2).ToHashSet();
        Assert.Equal(60, accepted.Count);
        Assert.Equal(60, verdicts.OfType<AcceptVerdict.Accepted>().Count());
        Assert.All(verdicts.Index(), x => Assert.Equal(accepted.Contains(x.Index / 2), x.Item is not AcceptVerdict.RateLimited));
        Assert.Equal(60L, await postgres.ScalarAsync("select count(*) from engine.deduplication where source = $1", world.Webhook.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_window_holds_more_than_the_limit_and_none_is_refused_while_there_is_room(bool withEventKeys)
    {
        await LimitAsync(20, 60);
        var random = new Random(2);
        var taken = new List<DateTimeOffset>();
        for (var i = 0; i < 400; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(20) == 0 ? random.Next(40_000) : random.Next(1_500)));
            var now = clock.GetUtcNow();
            if (await DeliverAsync(withEventKeys ? Key($"event {i}") : null) is AcceptVerdict.Accepted)
            {
                taken.Add(now);
                Assert.True(taken.Count(at => at > now - Window) <= 20, $"{now}");
            }
            else
            {
                Assert.True(taken.Count(at => at >= now - Window - Slot) >= 20, $"{now}");
            }
        }

        Assert.InRange(taken.Count, 40, 300);
    }

    [Fact]
    public async Task It_tells_what_is_left_and_when_there_is_room_again()
    {
        await LimitAsync(2, 60);
        var frees = Start + Window + Slot;

        Assert.Equal(new RateStanding(2, 1, frees), Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync()).Rate);
        clock.Advance(30 * Slot);
        Assert.Equal(new RateStanding(2, 0, frees), Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync()).Rate);
        Assert.Equal(new RateStanding(2, 0, frees), Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync()).Rate);

        clock.Advance(frees - clock.GetUtcNow() - TimeSpan.FromMilliseconds(1));
        Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync());
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new RateStanding(2, 0, frees + (30 * Slot)), Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync()).Rate);
    }

    [Fact]
    public async Task An_event_that_was_taken_counts_once_and_is_known_when_there_is_no_room()
    {
        await LimitAsync(2, 60);
        var first = Request(world, Key("one"));
        await Intake.AcceptAsync(first, Ct);

        Assert.Equal(1, Assert.IsType<AcceptVerdict.Duplicate>(await DeliverAsync(Key("one"))).Rate!.Value.Left);
        Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync(Key("two")));
        Assert.Equal(first.Ref.Id, Assert.IsType<AcceptVerdict.Duplicate>(await DeliverAsync(Key("one"))).First);
        Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync(Key("three")));
    }

    [Fact]
    public async Task An_event_that_was_refused_is_new_when_it_comes_again()
    {
        await LimitAsync(1, 60);
        Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync());
        Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync(Key("later")));

        clock.Advance(Window + Slot);
        Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync(Key("later")));
    }

    [Fact]
    public async Task A_changed_limit_holds_at_once_and_a_changed_window_forgets_nothing()
    {
        await LimitAsync(3, 60);
        await DeliverAsync();
        await DeliverAsync();
        await LimitAsync(2, 60);
        Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync());

        await LimitAsync(3, 10);
        Assert.Equal(0, Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync()).Rate!.Value.Left);
        Assert.IsType<AcceptVerdict.RateLimited>(await DeliverAsync());
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(2, Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync()).Rate!.Value.Left);
    }

    [Fact]
    public async Task A_full_webhook_costs_the_others_nothing()
    {
        var other = await World.CreateAsync(postgres);
        await LimitAsync(1, 60);
        var verdicts = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => Task.Run(() => Intake.AcceptAsync(i % 2 == 0 ? Request(world) : Request(other), Ct), Ct))
        );

        Assert.Equal(21, verdicts.OfType<AcceptVerdict.Accepted>().Count());
        Assert.Equal(20L, await postgres.ScalarAsync("select total from engine.webhook_counters where webhook_id = $1", other.Webhook.Value));
    }

    [Fact]
    public async Task A_process_whose_clock_is_behind_gets_no_room_of_its_own()
    {
        await LimitAsync(1, 60);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync());
        await using var behind = Process(postgres, new ManualTimeProvider(Start));

        Assert.IsType<AcceptVerdict.RateLimited>(await behind.GetRequiredService<Intake>().AcceptAsync(Request(world), Ct));
    }

    [Fact]
    public async Task What_is_refused_for_another_reason_does_not_count()
    {
        await LimitAsync(1, 60);
        await postgres.ExecuteAsync("update automation.workflows set paused = true where id = $1", world.Workflow.Value);
        Assert.IsType<AcceptVerdict.WorkflowClosed>(await DeliverAsync());
        await postgres.ExecuteAsync("update automation.workflows set paused = false where id = $1", world.Workflow.Value);

        Assert.IsType<AcceptVerdict.Accepted>(await DeliverAsync());
    }

    private ServiceProvider Process(PostgresFixture fixture, TimeProvider? time = null) =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(time ?? clock)
            .AddSingleton<IModelPart, CommunitiesPart>()
            .AddPostgres(fixture.Connections)
            .BuildServiceProvider();

    private Task<AcceptVerdict[]> AtOnceAsync(int count, Func<int, EventKey?> key) =>
        Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(i => Task.Run(() => (i % 2 == 0 ? one : two).GetRequiredService<Intake>().AcceptAsync(Request(world, key(i)), Ct), Ct))
        );

    private Task<AcceptVerdict> DeliverAsync(EventKey? key = null) => Intake.AcceptAsync(Request(world, key), Ct);

    private static NewExecution Request(World of, EventKey? key = null) => of.Request(key, leased: false, webhook: of.Webhook);

    private Task LimitAsync(int most, int seconds) =>
        postgres.ExecuteAsync(
            "update automation.webhooks set rate_limit_max = $2, rate_limit_window = $3 where id = $1",
            world.Webhook.Value,
            most,
            seconds
        );

    private EventKey Key(string key) => new(world.Webhook.Value, key, new byte[] { 1 }, TimeSpan.FromDays(7));
}
