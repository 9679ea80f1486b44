using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Postgres.Tests.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

public sealed class ConcurrencyLineTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly ServiceProvider other = new ServiceCollection()
        .AddLogging()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IModelPart, CommunitiesPart>()
        .AddPostgres(postgres.Connections)
        .BuildServiceProvider();

    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => other.DisposeAsync();

    [Theory]
    [InlineData(ConcurrencyPolicy.Queue)]
    [InlineData(ConcurrencyPolicy.Skip)]
    [InlineData(ConcurrencyPolicy.CancelOldest)]
    public async Task Two_processes_together_keep_the_limit_while_places_come_and_go(ConcurrencyPolicy policy)
    {
        var (intakes, lines) = (
            new[] { world.Intake, other.GetRequiredService<Intake>() },
            new[] { Line, other.GetRequiredService<ConcurrencyLine>() }
        );
        var most = 0L;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 60),
            new ParallelOptions { MaxDegreeOfParallelism = 12, CancellationToken = Ct },
            async (i, ct) =>
            {
                var request = world.Request() with { Concurrency = new(3, policy) };
                var verdict = await intakes[i % 2].AcceptAsync(request, ct);
                InterlockedMax(ref most, await RunningAsync());
                if (verdict is AcceptVerdict.Accepted && i % 3 == 0)
                {
                    await lines[(i / 3) % 2].LeaveAsync(world.Workflow, request.Ref.Id, ct);
                    InterlockedMax(ref most, await RunningAsync());
                }
            }
        );
        Assert.Equal(3, most);

        // Whoever leaves lets the next one in: in the end nobody stands there.
        for (var left = 0; await FirstAsync() is { } next; left++)
        {
            Assert.InRange(await RunningAsync(), policy == ConcurrencyPolicy.CancelOldest ? 0 : 1, 3);
            Assert.True(left < 60);
            await Line.LeaveAsync(world.Workflow, next, Ct);
        }
    }

    [Fact]
    public async Task Queue_lets_in_the_oldest_first_and_puts_it_into_the_queue_once()
    {
        var requests = Enumerable.Range(0, 4).Select(_ => world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Queue) }).ToList();
        foreach (var request in requests)
        {
            Assert.Equal(new AcceptVerdict.Accepted(0), await world.Intake.AcceptAsync(request, Ct));
        }

        Assert.Equal([1, 0, 0, 0], await QueuedAsync(requests));
        await Line.LeaveAsync(world.Workflow, requests[0].Ref.Id, Ct);
        await Line.LeaveAsync(world.Workflow, requests[0].Ref.Id, Ct);
        Assert.Equal([1, 1, 0, 0], await QueuedAsync(requests));
        Assert.Equal((short)1, await world.ReadAsync<short>(requests[1].Ref.Id, "status"));
    }

    [Fact]
    public async Task Place_of_an_execution_whose_process_died_is_given_up_by_the_one_that_ends_it()
    {
        var request = world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Queue) };
        var waiting = world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Queue) };
        await world.AcceptedAsync(request);
        await world.AcceptedAsync(waiting);

        // The first process dies with its lease; another one claims and ends it, but dies before the ending is handled.
        Assert.Contains(await world.Queue.ClaimAsync(world.Worker, 100, TimeSpan.Zero, Ct), one => one.Ref.Id == request.Ref.Id);
        var claimed = await world.Queue.ClaimAsync(new(Guid.CreateVersion7()), 100, TimeSpan.FromMinutes(1), Ct);
        Assert.DoesNotContain(claimed, one => one.Ref.Id == waiting.Ref.Id);
        var mine = Assert.Single(claimed, one => one.Ref.Id == request.Ref.Id);
        await world.AppendAsync(
            World.Append(
                mine.Ref.Id,
                mine.Fence,
                1,
                new ExecutionTransition.End(ExecutionStatus.Failed, default, null, null, null, 0),
                World.Event(2, JournalEventKind.ExecutionFailed)
            )
        );
        var endings = other.GetRequiredService<EndingQueue>();
        // Being handed out is no failure.
        Assert.Contains(await endings.ClaimAsync(100, TimeSpan.Zero, Ct), ending => ending.Execution == mine.Ref.Id);
        var again = Assert.Single(await endings.ClaimAsync(100, TimeSpan.FromMinutes(1), Ct), ending => ending.Execution == mine.Ref.Id);

        Assert.Equal((EndingFlags.LeaveLine, 1), (again.Flags, again.Attempt));
        await Line.LeaveAsync(again.Workflow, again.Execution, Ct);
        Assert.Equal(1, await world.CountAsync("queue", waiting.Ref.Id));
    }

    [Fact]
    public async Task Execution_that_was_cancelled_in_the_line_never_begins_again()
    {
        var requests = Enumerable.Range(0, 3).Select(_ => world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Queue) }).ToList();
        foreach (var request in requests)
        {
            await world.AcceptedAsync(request);
        }

        // The second one is cancelled while it waits; nobody has seen to its end yet when the first one's place becomes free.
        var cancelled = requests[1].Ref.Id;
        await world.Inbox.DeliverAsync(world.Tenant, cancelled, InboxFactKind.Cancel, null, JournalBodies.Cancel("test", null), Ct);
        var claimed = Assert.Single(await world.Queue.ClaimAsync(world.Worker, 100, TimeSpan.FromMinutes(1), Ct), one => one.Ref.Id == cancelled);
        await world.AppendAsync(
            World.Append(
                cancelled,
                claimed.Fence,
                1,
                new ExecutionTransition.End(ExecutionStatus.Cancelled, default, null, null, null, 0),
                World.Event(2, JournalEventKind.ExecutionCancelled)
            )
        );
        await Line.LeaveAsync(world.Workflow, requests[0].Ref.Id, Ct);

        Assert.Equal([0, 1], await QueuedAsync(requests[1..]));
        Assert.Equal((short)ExecutionStatus.Cancelled, await world.ReadAsync<short>(cancelled, "status"));
    }

    [Fact]
    public async Task Known_event_is_answered_also_when_the_line_is_full()
    {
        EventKey key = new(world.Workflow.Value, "k", new byte[] { 1 }, TimeSpan.FromDays(1));
        var first = await world.AcceptedAsync(world.Request(key) with { Concurrency = new(1, ConcurrencyPolicy.Skip) });
        Assert.Equal(
            new AcceptVerdict.Duplicate(first, true),
            await world.Intake.AcceptAsync(world.Request(key) with { Concurrency = new(1, ConcurrencyPolicy.Skip) }, Ct)
        );
        Assert.IsType<AcceptVerdict.LimitReached>(
            await world.Intake.AcceptAsync(world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Skip) }, Ct)
        );
        Assert.Equal(1L, await postgres.ScalarAsync("select count(*) from engine.line where workflow_id = $1", world.Workflow.Value));
    }

    [Fact]
    public async Task Refused_request_takes_no_place()
    {
        var request = world.Request() with { Concurrency = new(1, ConcurrencyPolicy.Queue), LicenceEpoch = 7 };
        Assert.IsType<AcceptVerdict.StaleVersion>(await world.Intake.AcceptAsync(request, Ct));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => world.Intake.AcceptAsync(request with { LicenceEpoch = 1, Trigger = "\0" }, Ct));
        Assert.Equal(0L, await postgres.ScalarAsync("select count(*) from engine.line where workflow_id = $1", world.Workflow.Value));
    }

    private ConcurrencyLine Line => postgres.Services.GetRequiredService<ConcurrencyLine>();

    private async Task<long> RunningAsync() =>
        (long)(await postgres.ScalarAsync("select count(*) from engine.line where workflow_id = $1 and running", world.Workflow.Value))!;

    private async Task<ExecutionId?> FirstAsync() =>
        await postgres.ScalarAsync(
            "select execution_id from engine.line where workflow_id = $1 order by running desc, place limit 1",
            world.Workflow.Value
        )
            is Guid id
            ? new(id)
            : null;

    private async Task<List<long>> QueuedAsync(IEnumerable<NewExecution> requests)
    {
        var counts = new List<long>();
        foreach (var request in requests)
        {
            counts.Add(await world.CountAsync("queue", request.Ref.Id));
        }

        return counts;
    }

    private static void InterlockedMax(ref long most, long seen)
    {
        for (var known = Volatile.Read(ref most); seen > known; known = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, seen, known);
        }
    }
}
