using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Postgres.Tests.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>Processes that take slices of a large limit and spend them from memory.</summary>
public sealed class RateSliceTests : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Limit = 1_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Start = new(DateTime.UtcNow.Date, TimeSpan.Zero);

    private readonly PostgresFixture postgres;
    private readonly ManualTimeProvider clock = new(Start);
    private readonly ServiceProvider one;
    private readonly ServiceProvider two;
    private World world = null!;
    private int revision;

    public RateSliceTests(PostgresFixture postgres)
    {
        this.postgres = postgres;
        (one, two) = (Process(), Process());
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await World.CreateAsync(postgres);
        await LimitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        await one.DisposeAsync();
        await two.DisposeAsync();
    }

    [Fact]
    public async Task Two_processes_at_once_never_take_more_than_the_limit_and_what_they_do_not_spend_comes_back()
    {
        var verdicts = (await Task.WhenAll(AtOnceAsync(one, 900), AtOnceAsync(two, 900))).SelectMany(each => each).ToList();
        var accepted = Accepted(verdicts);
        Assert.InRange(accepted, Limit / 2, Limit);
        Assert.Equal(1_800 - accepted, verdicts.OfType<AcceptVerdict.RateLimited>().Count());

        // Its time is over: what is left of the slices is given back, and room for others again.
        clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(async () => await CountedAsync() == accepted, TimeSpan.FromSeconds(30), Ct);
        accepted += Accepted(await AtOnceAsync(one, 900));
        accepted += Accepted(await AtOnceAsync(two, 200));
        clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(async () => await CountedAsync() == accepted, TimeSpan.FromSeconds(30), Ct);
        accepted += Accepted(await AtOnceAsync(two, 3));
        Assert.InRange(accepted, Limit - 130, Limit);
        Assert.Equal((long)accepted, await postgres.ScalarAsync("select count(*) from engine.executions where webhook_id = $1", world.Webhook.Value));
        Assert.Equal((long)accepted, await StartedAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_window_holds_more_than_the_limit_whatever_comes_when(int seed)
    {
        var random = new Random(seed);
        var taken = new List<(DateTimeOffset At, int Count)>();
        for (var i = 0; i < 120; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(10) == 0 ? random.Next(30_000) : random.Next(1_200)));
            var now = clock.GetUtcNow();
            var count = random.Next(1, 90);
            var answers = await Task.WhenAll(AtOnceAsync(one, count, i % 3 == 0), AtOnceAsync(two, random.Next(30)));
            taken.Add((now, answers.Sum(Accepted)));
            Assert.True(taken.Where(each => each.At > now - Window).Sum(each => each.Count) <= Limit, $"{now}");
        }

        Assert.True(taken.Sum(each => each.Count) > Limit);
    }

    [Fact]
    public async Task A_process_that_dies_takes_its_slice_with_it_until_the_window_has_passed()
    {
        // Nothing happens in it any more.
        await using var dead = Process(new ManualTimeProvider(Start));
        Assert.Equal(60, Accepted(await AtOnceAsync(dead, 20)) + Accepted(await AtOnceAsync(dead, 20)) + Accepted(await AtOnceAsync(dead, 20)));
        var before = Accepted(await AtOnceAsync(one, 1_100));
        Assert.InRange(before, Limit / 2, Limit - 60);

        clock.Advance(Window + TimeSpan.FromSeconds(3));
        Assert.InRange(Accepted(await AtOnceAsync(one, 1_100)), Limit - 130, Limit);
    }

    [Fact]
    public async Task An_event_that_comes_again_gives_its_unit_back()
    {
        EventKey Key(int i) => new(world.Webhook.Value, $"event {i}", new byte[] { 1 }, TimeSpan.FromDays(7));
        for (var again = 0; again < 3; again++)
        {
            var verdicts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Intake(one).AcceptAsync(Request(Key(i)), Ct)));
            Assert.Equal(again == 0 ? 40 : 0, Accepted(verdicts));
            Assert.All(verdicts, verdict => Assert.IsNotType<AcceptVerdict.RateLimited>(verdict));
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.True(async () => await CountedAsync() == 40, TimeSpan.FromSeconds(30), Ct);
        Assert.Equal(40L, await StartedAsync());
    }

    [Fact]
    public async Task A_changed_limit_holds_at_once_also_for_what_was_taken_before()
    {
        await AtOnceAsync(one, 20);
        await AtOnceAsync(one, 20);
        await LimitAsync(50);

        var old = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Intake(one).AcceptAsync(Request() with { WebhookRevision = revision - 1 }, Ct))
        );
        Assert.All(old, verdict => Assert.IsType<AcceptVerdict.WebhookDisabled>(verdict));
        Assert.InRange(Accepted(await AtOnceAsync(one, 20)), 0, 10);
    }

    [Fact]
    public async Task It_tells_what_is_left_and_spends_from_memory()
    {
        await AtOnceAsync(one, 20);
        var verdicts = await AtOnceAsync(one, 20);

        Assert.True(
            await postgres.ScalarAsync("select count(*) from engine.webhook_starts where webhook_id = $1", world.Webhook.Value) is > 0L,
            "Nothing was spent from a slice."
        );
        Assert.All(verdicts.OfType<AcceptVerdict.Accepted>(), verdict => Assert.InRange(verdict.Rate!.Value.Left, Limit - 80, Limit - 21));
        Assert.All(verdicts.OfType<AcceptVerdict.Accepted>(), verdict => Assert.Equal(Limit, verdict.Rate!.Value.Limit));
    }

    private static int Accepted(IEnumerable<AcceptVerdict> verdicts) => verdicts.OfType<AcceptVerdict.Accepted>().Count();

    private static Intake Intake(ServiceProvider process) => process.GetRequiredService<Intake>();

    private ServiceProvider Process(TimeProvider? time = null) =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(time ?? clock)
            .AddSingleton<IModelPart, CommunitiesPart>()
            .AddPostgres(postgres.Connections)
            .BuildServiceProvider();

    private Task<AcceptVerdict[]> AtOnceAsync(ServiceProvider process, int count, bool keyed = false) =>
        Task.WhenAll(
            Enumerable
                .Range(0, count)
                .Select(i =>
                    Task.Run(
                        () =>
                            Intake(process)
                                .AcceptAsync(
                                    Request(keyed ? new(world.Webhook.Value, $"{Guid.NewGuid()}", new byte[] { 1 }, TimeSpan.FromDays(7)) : null),
                                    Ct
                                ),
                        Ct
                    )
                )
        );

    private NewExecution Request(EventKey? key = null) =>
        world.Request(key, leased: false, webhook: world.Webhook) with
        {
            WebhookRevision = revision,
        };

    private async Task LimitAsync(int most)
    {
        await postgres.ExecuteAsync("update automation.webhooks set rate_limit_max = $2 where id = $1", world.Webhook.Value, most);
        revision = (int)(await postgres.ScalarAsync("select revision from automation.webhooks where id = $1", world.Webhook.Value))!;
    }

    // Taken and not given back, spent or not.
    private async Task<long> CountedAsync() =>
        (long)
            (
                await postgres.ScalarAsync(
                    "select coalesce(sum(x), 0) from engine.webhook_counters c, unnest(c.counts) x where c.webhook_id = $1",
                    world.Webhook.Value
                )
            )!;

    private async Task<long> StartedAsync() =>
        (long)
            (
                await postgres.ScalarAsync(
                    "select c.total + coalesce((select sum(count) from engine.webhook_starts s where s.webhook_id = c.webhook_id), 0)::bigint "
                        + "from engine.webhook_counters c where c.webhook_id = $1",
                    world.Webhook.Value
                )
            )!;
}
