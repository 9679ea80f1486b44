using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Postgres.Retention;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Retention;

/// <summary>A database of its own: partitions go.</summary>
public sealed class HistoryRetentionTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Monday = new(2020, 1, 6, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresFixture postgres = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private PostgresPools Pools => postgres.Services.GetRequiredService<PostgresPools>();

    public async ValueTask InitializeAsync()
    {
        await postgres.InitializeAsync();
        await postgres.ExecuteAsync("select engine.ensure_partitions($1, $2)", Monday, Monday.AddDays(20));
        foreach (var day in Enumerable.Range(0, 21))
        {
            await InsertAsync(Monday.AddDays(day), status: 4);
        }
    }

    public async ValueTask DisposeAsync() => await postgres.DisposeAsync();

    [Fact]
    public async Task Weeks_that_are_over_long_enough_are_dropped_whole_and_usage_is_kept_longer()
    {
        Assert.Equal(new Removed(2, 0), await PassAsync(Monday.AddDays(14 + 90)));
        Assert.Equal((7, 7, 21), (await CountAsync("executions"), await CountAsync("journal"), await CountAsync("usage_facts")));
        Assert.Equal(new Removed(0, 0), await PassAsync(Monday.AddDays(20 + 90)));
        Assert.Equal(new Removed(2, 0), await PassAsync(Monday.AddDays(14 + 800), days: 0));
        Assert.Equal((7, 7), (await CountAsync("executions"), await CountAsync("usage_facts")));
    }

    [Fact]
    public async Task An_execution_that_has_not_ended_stays_and_the_others_of_its_week_go()
    {
        var alive = await InsertAsync(Monday.AddDays(3), status: 3);
        foreach (var minute in Enumerable.Range(1, 600))
        {
            await InsertAsync(Monday.AddMinutes(minute), status: 5);
        }

        Assert.Equal(new Removed(1, 607), await PassAsync(Monday.AddDays(14 + 90)));
        Assert.Equal(1L, await postgres.ScalarAsync("select count(*) from engine.executions where id = $1", alive));
        Assert.Equal((8, 8), (await CountAsync("executions"), await CountAsync("journal")));
    }

    [Fact]
    public async Task Nothing_young_can_be_dropped_and_no_tenant_can_drop_anything()
    {
        var thisWeek = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-(((int)DateTime.UtcNow.DayOfWeek + 6) % 7));
        await Assert.ThrowsAsync<PostgresException>(() =>
            PostgresFixture.ScalarAsync(Pools.Engine.Source, "select engine.drop_week($1, false)", thisWeek)
        );
        foreach (
            var sql in new[]
            {
                "select engine.drop_week('2020-01-06', false)",
                "select deleted from engine.delete_ended(engine.uuid_at('2020-01-06'), engine.uuid_at('2020-01-13'), 1)",
            }
        )
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => PostgresFixture.ScalarAsync(Pools.App.Source, sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.Equal(21, await CountAsync("executions"));
    }

    private Task<Removed> PassAsync(DateTimeOffset now, int days = 90) =>
        new HistoryRetention(Pools, new RetentionOptions { Days = days, UsageDays = 800 }, new ManualTimeProvider(now)).PassAsync(Ct);

    private async Task<long> CountAsync(string table) => (long)(await postgres.ScalarAsync($"select count(*) from engine.{table}"))!;

    private async Task<Guid> InsertAsync(DateTimeOffset at, short status)
    {
        var id = Guid.CreateVersion7(at);
        await postgres.ExecuteAsync(
            """
            with e as (
                insert into engine.executions (id, tenant_id, community_id, entity_id, workflow_id, version_id, trigger, trigger_node, status, fence,
                head_seq, input, created_at)
                values ($1, $1, 1, 1, $1, $1, 'manual', 'start', $2, 1, 1, '', $3)
            ),
            u as (insert into engine.usage_facts (execution_id, tenant_id, kind, units, at) values ($1, $1, 'execution', 1, $3))
            insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page) values ($1, 1, $1, 1, 1, false, '[]')
            """,
            id,
            status,
            at
        );
        return id;
    }
}
