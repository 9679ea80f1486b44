using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class JournalTailTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JournalTail Tail => postgres.Services.GetRequiredService<JournalTail>();

    [Fact]
    public async Task Journals_of_many_tenants_are_read_together_each_from_its_own_place()
    {
        var (one, other) = (await World.CreateAsync(postgres), await World.CreateAsync(postgres));
        var (first, second) = (await one.RunningAsync(), await other.RunningAsync());
        await one.AppendAsync(World.Append(first, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2), World.Event(3)));
        await one.AppendAsync(World.Append(first, 1, 3, ExecutionTransition.Continue.Instance, World.Event(4)));

        var read = await Tail.ReadAsync([new(other.Tenant, second, 0), new(one.Tenant, first, 1), new(one.Tenant, second, 0)], Ct).ToListAsync(Ct);

        Assert.Equal([(0, 1), (1, 2), (1, 3), (1, 4)], read.SelectMany(write => write.Events, (write, recorded) => (write.Place, (int)recorded.Seq)));
        Assert.Empty(await Tail.ReadAsync([new(one.Tenant, first, 4)], Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_journal_with_many_writes_does_not_keep_the_others_waiting()
    {
        var world = await World.CreateAsync(postgres);
        var execution = await world.RunningAsync();
        for (var seq = 2; seq < 9; seq++)
        {
            await world.AppendAsync(World.Append(execution, 1, seq - 1, ExecutionTransition.Continue.Instance, World.Event(seq)));
        }

        var read = await Tail.ReadAsync([new(world.Tenant, execution, 2)], Ct).ToListAsync(Ct);

        Assert.Equal(JournalTail.MostWrites, read.Count);
        Assert.Equal([3, 4, 5, 6], read.SelectMany(write => write.Events, (_, recorded) => recorded.Seq));
    }

    [Fact]
    public async Task Each_journal_is_one_look_at_the_primary_key_of_its_own_partition()
    {
        var world = await World.CreateAsync(postgres);
        var execution = await world.RunningAsync();
        await using var connection = await postgres.Services.GetRequiredService<PostgresPools>().Engine.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);

        // Of an empty table the planner reads the only page.
        await using (var set = new NpgsqlCommand("set local enable_seqscan = off", connection))
        {
            await set.ExecuteNonQueryAsync(Ct);
        }

        await using var explain = new NpgsqlCommand($"explain (analyze, costs off, timing off, summary off) {JournalTail.Query}", connection);
        explain.Parameters.AddValue(new[] { world.Tenant.Value });
        explain.Parameters.AddValue(new[] { execution.Value });
        explain.Parameters.AddValue(new[] { 0L });
        explain.Parameters.AddValue(4);
        var plan = new List<string>();
        await using (var reader = await explain.ExecuteReaderAsync(Ct))
        {
            while (await reader.ReadAsync(Ct))
            {
                plan.Add(reader.GetString(0));
            }
        }

        var text = string.Join('\n', plan);
        Assert.Contains("Index Cond: ((execution_id = w.execution_id) AND (seq > w.seq))", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on", text, StringComparison.Ordinal);
        Assert.Single(
            plan,
            line => line.Contains("Index Scan using journal", StringComparison.Ordinal) && !line.Contains("never executed", StringComparison.Ordinal)
        );
    }
}
