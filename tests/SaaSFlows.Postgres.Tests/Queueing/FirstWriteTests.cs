using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>Executions that ran before they were accepted: stored with what they came to, or not at all.</summary>
public sealed class FirstWriteTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly ExecutionTransition.End End = new(ExecutionStatus.Completed, "{\"o\":1}"u8.ToArray(), null, null, null, 2);
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task One_that_ended_is_accepted_and_over_in_one_write()
    {
        var execution = await world.AcceptedAsync(Ran(End, World.Event(2), World.Event(3, JournalEventKind.ExecutionCompleted)));
        Assert.Equal(
            "4 1 3 {\"o\":1} 2 true",
            await world.ReadAsync<string>(
                execution,
                "concat_ws(' ', status, fence, head_seq, convert_from(output, 'UTF8'), nodes_executed, (ended_at is not null)::text)"
            )
        );
        Assert.Equal([1L, 2, 3], (await world.Journal.ReadAsync(execution, 0, 10, Ct)).Select(e => e.Seq));
        Assert.Equal((0, 1), (await world.CountAsync("queue", execution), await world.CountAsync("usage_facts", execution)));
        Assert.Equal(
            AppendVerdict.LostLease,
            await world.AppendAsync(World.Append(execution, 1, 3, ExecutionTransition.Continue.Instance, World.Event(4)))
        );
    }

    [Fact]
    public async Task One_that_goes_on_keeps_its_lease_and_one_that_parks_leaves_its_bookmarks_only()
    {
        var running = await world.AcceptedAsync(Ran(ExecutionTransition.Continue.Instance, World.Event(2)));
        Assert.Equal((1, (short)2), (await world.CountAsync("queue", running), await world.ReadAsync<short>(running, "status")));
        Assert.DoesNotContain(await world.Queue.ClaimAsync(new(Guid.CreateVersion7()), 100, TimeSpan.FromMinutes(1), Ct), c => c.Ref.Id == running);
        Assert.Equal(AppendVerdict.Written, await world.AppendAsync(World.Append(running, 1, 2, End, World.Event(3))));

        var request = Ran(new ExecutionTransition.Park(0), World.Event(2));
        var bookmark = World.Timer(World.Now().AddDays(1));
        var parked = await world.AcceptedAsync(request with { Ran = request.Ran! with { NewBookmarks = [bookmark] } });
        Assert.Equal(
            (0, 1, (short)3),
            (await world.CountAsync("queue", parked), await world.CountAsync("bookmarks", parked), await world.ReadAsync<short>(parked, "status"))
        );

        var yielded = await world.AcceptedAsync(Ran(new ExecutionTransition.Yield(World.Now()), World.Event(2)));
        Assert.Contains(
            await world.Queue.ClaimAsync(world.Worker, 100, TimeSpan.FromMinutes(1), Ct),
            c => c.Ref.Id == yielded && c is { Fence: 2, HeadSeq: 2 }
        );
    }

    [Fact]
    public async Task A_refused_one_leaves_nothing_of_what_it_ran()
    {
        var key = new EventKey(world.Webhook.Value, "twice", new byte[32], TimeSpan.FromDays(1));
        var requests = Enumerable.Range(0, 50).Select(_ => Ran(End, World.Event(2)) with { Event = key }).ToList();
        var verdicts = await Task.WhenAll(requests.Select(request => Task.Run(() => world.Intake.AcceptAsync(request, Ct), Ct)));
        var first = requests[Array.FindIndex(verdicts, verdict => verdict is AcceptVerdict.Accepted)].Ref.Id;
        Assert.Equal(49, verdicts.Count(verdict => verdict is AcceptVerdict.Duplicate { SameBody: true } duplicate && duplicate.First == first));

        var stale = Ran(End, World.Event(2)) with { Version = new(Guid.CreateVersion7()) };
        Assert.IsType<AcceptVerdict.StaleVersion>(await world.Intake.AcceptAsync(stale, Ct));
        foreach (var refused in requests.Append(stale).Where(request => request.Ref.Id != first))
        {
            Assert.Equal((0, 0), (await world.CountAsync("journal", refused.Ref.Id), await world.CountAsync("usage_facts", refused.Ref.Id)));
        }
    }

    [Fact]
    public async Task What_follows_from_an_end_follows_from_one_in_the_first_write_too()
    {
        var failed = new ExecutionTransition.End(ExecutionStatus.Failed, default, "node.failed", "It failed\0.", new("n"), 1);
        var told = await world.AcceptedAsync(Ran(failed, World.Event(2)) with { OnEnd = EndingFlags.StartOnFailure });
        var nothing = await world.AcceptedAsync(Ran(End, World.Event(2)) with { OnEnd = EndingFlags.StartOnFailure });
        var silenced = await world.AcceptedAsync(Ran(failed, World.Event(2)) with { OnEnd = EndingFlags.StartOnFailure, OfFailure = true });
        Assert.Equal(
            (1, 0, 0),
            (await world.CountAsync("endings", told), await world.CountAsync("endings", nothing), await world.CountAsync("endings", silenced))
        );
    }

    [Fact]
    public async Task Prepared_statements_outlive_any_number_of_poisoned_rows()
    {
        var before = (long)(await postgres.ScalarAsync("select count(*) from engine.executions"))!;
        for (var round = 0; round < 20; round++)
        {
            var requests = Enumerable
                .Range(0, 100)
                .Select(i => Ran(End, World.Event(2)) with { Trigger = i == round * 5 ? "\0" : "webhook" })
                .ToList();
            var accepted = await Task.WhenAll(
                requests.Select(async request =>
                {
                    try
                    {
                        return await world.Intake.AcceptAsync(request, Ct) is AcceptVerdict.Accepted;
                    }
                    catch (PostgresException e) when (e.SqlState == "22021")
                    {
                        return false;
                    }
                })
            );
            Assert.Equal([round * 5], accepted.Index().Where(one => !one.Item).Select(one => one.Index));
            Assert.Equal((99L * (round + 1)) + before, await postgres.ScalarAsync("select count(*) from engine.executions"));
        }
    }

    private NewExecution Ran(ExecutionTransition transition, params IReadOnlyList<JournalEvent> events)
    {
        var request = world.Request();
        return request with { Ran = World.Append(request.Ref.Id, 1, 1, transition, events) };
    }
}
