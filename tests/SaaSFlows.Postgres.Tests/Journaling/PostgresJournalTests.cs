using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class PostgresJournalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Events_come_back_as_they_were_written_page_by_page()
    {
        var execution = await world.RunningAsync();
        JournalEvent[] events =
        [
            new(2, JournalEventKind.NodeCompleted, new NodeId("ünï"), "each:3/line:0", 7, 2, 9, World.Now(), "{\"x\":\"\\u0000\"}"u8.ToArray()),
            new(3, JournalEventKind.TokenAbsorbed, null, "", 0, 0, 0, World.Now(), default),
        ];
        Assert.Equal(AppendVerdict.Written, await world.AppendAsync(World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, events)));

        var read = await world.Journal.ReadAsync(execution, 1, 100, Ct);
        Assert.Equal(events.Select(e => e with { Body = default }), read.Select(e => e with { Body = default }));
        Assert.Equal(events.Select(e => Convert.ToHexString(e.Body.Span)), read.Select(e => Convert.ToHexString(e.Body.Span)));
        Assert.Equal([1, 2], (await world.Journal.ReadAsync(execution, 0, 2, Ct)).Select(e => e.Seq));
        Assert.Equal(3, await world.ReadAsync<long>(execution, "head_seq"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 2)]
    public async Task Append_with_another_fence_or_base_writes_nothing(long fence, long baseSeq)
    {
        var execution = await world.RunningAsync();
        Assert.Equal(
            AppendVerdict.LostLease,
            await world.AppendAsync(World.Append(execution, fence, baseSeq, ExecutionTransition.Continue.Instance, World.Event(baseSeq + 1)))
        );
        Assert.Equal(1, await world.CountAsync("journal", execution));
    }

    [Fact]
    public async Task Append_repeated_after_a_lost_answer_writes_nothing_twice()
    {
        var execution = await world.RunningAsync();
        var append = World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2));
        Assert.Equal(AppendVerdict.Written, await world.AppendAsync(append));
        Assert.Equal(AppendVerdict.LostLease, await world.AppendAsync(append));
        Assert.Equal(2, await world.CountAsync("journal", execution));
    }

    [Fact]
    public async Task End_stores_the_result_and_removes_queue_row_bookmarks_and_inbox()
    {
        var execution = await world.RunningAsync();
        await world.AppendAsync(
            World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance) with
            {
                NewBookmarks = [World.Timer(World.Now().AddDays(1))],
            }
        );
        await world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Cancel, null, default, Ct);
        var end = new ExecutionTransition.End(ExecutionStatus.Failed, "{}"u8.ToArray(), "node.failed", "It failed.", new NodeId("n1"), 4);
        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(World.Append(execution, 1, 1, end, World.Event(2, JournalEventKind.ExecutionFailed)))
        );

        Assert.Equal(
            (0, 0, 0),
            (await world.CountAsync("queue", execution), await world.CountAsync("bookmarks", execution), await world.CountAsync("inbox", execution))
        );
        Assert.Equal(
            "5 {} node.failed It failed. n1 4 true",
            await world.ReadAsync<string>(
                execution,
                "concat_ws(' ', status, convert_from(output, 'UTF8'), error_code, error_message, error_node, nodes_executed, (ended_at is not "
                    + "null)::text)"
            )
        );
        Assert.Equal(
            AppendVerdict.LostLease,
            await world.AppendAsync(World.Append(execution, 1, 2, ExecutionTransition.Continue.Instance, World.Event(3)))
        );
    }

    [Fact]
    public async Task Park_leaves_bookmarks_only_and_yield_gives_back_to_the_queue()
    {
        var (parked, bookmark) = await world.ParkedAsync();
        Assert.Equal(
            (0L, 1L, (short)3),
            (await world.CountAsync("queue", parked), await world.CountAsync("bookmarks", parked), await world.ReadAsync<short>(parked, "status"))
        );

        var yielded = await world.RunningAsync();
        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(World.Append(yielded, 1, 1, new ExecutionTransition.Yield(World.Now()), World.Event(2)))
        );
        Assert.Equal(
            AppendVerdict.LostLease,
            await world.AppendAsync(World.Append(yielded, 1, 2, ExecutionTransition.Continue.Instance, World.Event(3)))
        );
        var claimed = await world.Queue.ClaimAsync(world.Worker, 100, TimeSpan.FromMinutes(1), Ct);
        Assert.Equal((2, 2), claimed.Where(c => c.Ref.Id == yielded).Select(c => (c.Fence, c.HeadSeq)).Single());
        Assert.DoesNotContain(claimed, c => c.Ref.Id == parked);

        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(World.Append(yielded, 2, 2, ExecutionTransition.Continue.Instance) with { EndedBookmarks = [bookmark.Id] })
        );
        Assert.Equal(1, await world.CountAsync("bookmarks", parked));
    }

    [Fact]
    public async Task Park_is_refused_while_an_unseen_fact_waits_and_consuming_it_removes_it()
    {
        var execution = await world.RunningAsync();
        Assert.Equal(
            new DeliverVerdict.Delivered(1),
            await world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Stimulus, null, "{}"u8.ToArray(), Ct)
        );
        Assert.Equal(
            AppendVerdict.InboxNotEmpty,
            await world.AppendAsync(World.Append(execution, 1, 1, new ExecutionTransition.Park(0), World.Event(2)))
        );
        Assert.Equal(1, await world.CountAsync("journal", execution));

        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(World.Append(execution, 1, 1, new ExecutionTransition.Park(1), World.Event(2)) with { ConsumedInbox = [1] })
        );
        Assert.Equal((0, 0), (await world.CountAsync("inbox", execution), await world.CountAsync("queue", execution)));
    }

    [Fact]
    public async Task Among_a_hundred_appends_one_poisoned_one_stale_and_one_duplicate_cost_their_neighbours_nothing()
    {
        var executions = await Task.WhenAll(Enumerable.Range(0, 99).Select(_ => world.RunningAsync()));
        var appends = executions
            .Select((e, i) => World.Append(e, i == 30 ? 9 : 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)))
            .ToList();
        appends[60] = appends[60] with { NewBookmarks = [new(new(Guid.NewGuid()), new("wait"), "event", "\0", null)] };
        appends.Add(appends[10]);

        var results = await Task.WhenAll(
            appends.Select(async a =>
            {
                try
                {
                    return (await world.AppendAsync(a)).ToString();
                }
                catch (PostgresException e)
                {
                    return e.SqlState;
                }
            })
        );
        Assert.Equal("22021", results[60]);
        Assert.Equal("LostLease", results[30]);
        Assert.Equal(["LostLease", "Written"], new[] { results[10], results[99] }.Order());
        Assert.Equal(97, results.Count(r => r == "Written"));
    }

    [Fact]
    public async Task Append_behind_an_uncommitted_claim_is_stale()
    {
        for (var round = 0; round < 20; round++)
        {
            var execution = await world.RunningAsync();
            var append = await WhileLockedAsync(
                "update engine.executions set fence = fence + 1 where id = $1",
                execution,
                () => world.AppendAsync(World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)))
            );
            Assert.Equal(AppendVerdict.LostLease, append);
            Assert.Equal(1, await world.CountAsync("journal", execution));
        }
    }

    [Fact]
    public async Task Park_behind_an_uncommitted_fact_is_refused()
    {
        for (var round = 0; round < 20; round++)
        {
            var execution = await world.RunningAsync();
            var park = await WhileLockedAsync(
                "update engine.executions set inbox_seq = inbox_seq + 1 where id = $1",
                execution,
                () => world.AppendAsync(World.Append(execution, 1, 1, new ExecutionTransition.Park(0), World.Event(2)))
            );
            Assert.Equal(AppendVerdict.InboxNotEmpty, park);
        }
    }

    [Fact]
    public async Task Park_and_fact_at_the_same_moment_never_lose_the_wake_up()
    {
        var refused = 0;
        for (var round = 0; round < 200; round++)
        {
            var execution = await world.RunningAsync();
            var park = Task.Run(() => world.AppendAsync(World.Append(execution, 1, 1, new ExecutionTransition.Park(0), World.Event(2))), Ct);
            var deliver = Task.Run(() => world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Stimulus, null, default, Ct), Ct);
            await Task.WhenAll(park, deliver);

            Assert.Equal(new DeliverVerdict.Delivered(1), await deliver);
            refused += await park == AppendVerdict.InboxNotEmpty ? 1 : 0;
            Assert.Equal((1, 1), (await world.CountAsync("inbox", execution), await world.CountAsync("queue", execution)));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} of 200 parks came second.");
    }

    [Fact]
    public async Task End_and_fact_at_the_same_moment_leave_nothing_behind()
    {
        for (var round = 0; round < 100; round++)
        {
            var execution = await world.RunningAsync();
            var end = new ExecutionTransition.End(ExecutionStatus.Completed, default, null, null, null, 1);
            var append = Task.Run(() => world.AppendAsync(World.Append(execution, 1, 1, end, World.Event(2))), Ct);
            var deliver = Task.Run(() => world.Inbox.DeliverAsync(world.Tenant, execution, InboxFactKind.Cancel, null, default, Ct), Ct);
            await Task.WhenAll(append, deliver);
            Assert.Equal((0, 0), (await world.CountAsync("inbox", execution), await world.CountAsync("queue", execution)));
        }
    }

    [Fact]
    public async Task Two_writers_over_the_same_executions_in_opposite_order_do_not_deadlock()
    {
        var executions = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => world.RunningAsync()));
        var engine = postgres.Services.GetRequiredService<PostgresPools>().Engine;
        var deadlocks = await DeadlocksAsync();
        for (long round = 1; round <= 60; round++)
        {
            var forward = executions.Select(e => World.Append(e, 1, round, ExecutionTransition.Continue.Instance, World.Event(round + 1))).ToList();
            var counts = await Task.WhenAll(
                Task.Run(() => Postgres.Journaling.AppendBatch.ExecuteAsync(engine, forward, World.Now()), Ct),
                Task.Run(() => Postgres.Journaling.AppendBatch.ExecuteAsync(engine, [.. Enumerable.Reverse(forward)], World.Now()), Ct)
            );
            Assert.Equal(64, counts.Sum(c => c.Found.Count));
        }

        Assert.Equal(deadlocks, await DeadlocksAsync());

        async Task<long> DeadlocksAsync() =>
            (long)(await postgres.ScalarAsync("select deadlocks from pg_stat_database where datname = current_database()"))!;
    }

    // Runs the action while another transaction has changed the row; commits that one once the action waits for it.
    private async Task<T> WhileLockedAsync<T>(string change, ExecutionId execution, Func<Task<T>> action)
    {
        await using var connection = await postgres.Admin.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var command = new NpgsqlCommand(change, connection) { Parameters = { new() { Value = execution.Value } } })
        {
            await command.ExecuteNonQueryAsync(Ct);
        }

        var running = Task.Run(action, Ct);
        await using (
            var blocked = new NpgsqlCommand(
                "select exists (select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid)",
                connection
            )
        )
        {
            while (await blocked.ExecuteScalarAsync(Ct) is false)
            {
                await Task.Yield();
            }
        }

        await transaction.CommitAsync(Ct);
        return await running;
    }
}
