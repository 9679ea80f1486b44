using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

public sealed class HousekeepingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly ManualTimeProvider clock = new(World.Now());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostgresPools Pools => postgres.Services.GetRequiredService<PostgresPools>();

    [Fact]
    public async Task Partitions_are_made_ahead_of_the_clock_and_none_twice()
    {
        var late = new ManualTimeProvider(World.Now().AddDays(400));
        var log = new CapturingLogger();
        var housekeeping = new Housekeeping(Pools, late, log);
        await housekeeping.PassAsync(Ct);
        await housekeeping.PassAsync(Ct);

        // Other tests of this database leave event keys behind, which expire at that date.
        Assert.Single(log.Lines, line => line.Contains("partitions", StringComparison.Ordinal));
        foreach (var days in new[] { 0, 28 })
        {
            var execution = Guid.CreateVersion7(late.GetUtcNow().AddDays(days));
            Assert.Equal(1, await InsertAsync(execution));
        }
    }

    [Fact]
    public async Task Partition_bounds_are_weeks_without_gap_or_overlap()
    {
        var monday = new DateTimeOffset(2031, 3, 3, 0, 0, 0, TimeSpan.Zero);
        await postgres.ExecuteAsync("select engine.ensure_partitions($1, $2)", monday, monday.AddDays(20));
        for (var week = 0; week < 3; week++)
        {
            Assert.Equal(1, await InsertAsync(Guid.CreateVersion7(monday.AddDays(7 * week))));
            Assert.Equal(1, await InsertAsync(Guid.CreateVersion7(monday.AddDays((7 * week) + 7).AddMilliseconds(-1))));
        }

        Assert.Equal(
            3L,
            await postgres.ScalarAsync("select count(distinct tableoid) from engine.usage_facts where execution_id >= engine.uuid_at($1)", monday)
        );
        foreach (var outside in new[] { monday.AddMilliseconds(-1), monday.AddDays(21) })
        {
            Assert.Equal(
                PostgresErrorCodes.CheckViolation,
                (await Assert.ThrowsAsync<PostgresException>(() => InsertAsync(Guid.CreateVersion7(outside)))).SqlState
            );
        }
    }

    [Fact]
    public async Task Expired_event_keys_are_forgotten_and_the_others_kept()
    {
        await postgres.ExecuteAsync(
            """
            insert into engine.deduplication (tenant_id, source, event_key, execution_id, body_hash, expires_at)
            select gen_random_uuid(), gen_random_uuid(), n::text, gen_random_uuid(), '', $1 + case
            when n <= 2500 then interval '1 hour' else interval '3 hours' end
            from generate_series(1, 2503) n
            """,
            clock.GetUtcNow()
        );
        clock.Advance(TimeSpan.FromHours(2));
        await new Housekeeping(Pools, clock, new CapturingLogger()).PassAsync(Ct);
        Assert.Equal(3L, await postgres.ScalarAsync("select count(*) from engine.deduplication"));
    }

    [Fact]
    public async Task Service_fires_a_bookmark_when_it_is_due_and_is_silent_while_idle()
    {
        var log = new CapturingLogger();
        var world = await World.CreateAsync(postgres);
        var (execution, _) = await world.ParkedAsync(clock.GetUtcNow().AddMilliseconds(300));
        using var service = new DueBookmarksService(
            new(Pools, postgres.Services.GetRequiredService<JournalFeed>(), clock),
            new DueClock(clock),
            clock,
            log
        );
        await service.StartAsync(Ct);
        await Eventually.True(() => clock.ActiveTimers > 0, TimeSpan.FromSeconds(20), Ct);
        Assert.Equal(0, await world.CountAsync("inbox", execution));

        clock.Advance(TimeSpan.FromMilliseconds(300));
        await Eventually.True(async () => await world.CountAsync("inbox", execution) == 1, TimeSpan.FromSeconds(20), Ct);
        await service.StopAsync(Ct);
        Assert.Empty(log.Lines);
    }

    private async Task<int> InsertAsync(Guid execution)
    {
        await using var command = Pools.Engine.Source.CreateCommand(
            "insert into engine.usage_facts (execution_id, tenant_id, kind, units, at) values ($1, $1, 'execution', 1, '2031-01-01')"
        );
        command.Parameters.Add(new() { Value = execution });
        return await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>Keeps what an operator would see.</summary>
    private sealed class CapturingLogger : ILogger<Housekeeping>, ILogger<DueBookmarksService>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Add(formatter(state, exception));
            }
        }
    }
}
