using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tests.Queueing;

public sealed class EndingTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private EndingQueue Endings => postgres.Services.GetRequiredService<EndingQueue>();

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task End_of_an_execution_without_flags_leaves_no_ending()
    {
        var execution = await world.RunningAsync();
        await EndAsync(execution, ExecutionStatus.Failed);
        Assert.Equal(0, await world.CountAsync("endings", execution));
    }

    [Theory]
    [InlineData(ExecutionStatus.Completed, EndingFlags.LeaveLine)]
    [InlineData(ExecutionStatus.Cancelled, EndingFlags.LeaveLine)]
    [InlineData(ExecutionStatus.Failed, EndingFlags.LeaveLine | EndingFlags.StartOnFailure)]
    public async Task End_leaves_the_flags_that_its_status_calls_for(ExecutionStatus status, EndingFlags expected)
    {
        var execution = await world.AcceptedAsync(world.Request() with { OnEnd = EndingFlags.LeaveLine | EndingFlags.StartOnFailure });
        await EndAsync(execution, status);
        var ending = Assert.Single(await ClaimMineAsync());
        Assert.Equal(
            (execution, world.Tenant, world.Community, world.Workflow, expected, status, 1),
            (ending.Execution, ending.Tenant, ending.Community, ending.Workflow, ending.Flags, ending.Status, ending.Attempt)
        );
    }

    [Fact]
    public async Task Append_that_does_not_end_leaves_no_ending()
    {
        var execution = await world.AcceptedAsync(world.Request() with { OnEnd = EndingFlags.LeaveLine });
        await world.AppendAsync(World.Append(execution, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)));
        Assert.Equal(0, await world.CountAsync("endings", execution));
    }

    [Fact]
    public async Task Ending_is_handed_out_again_until_it_is_done()
    {
        var execution = await world.AcceptedAsync(world.Request() with { OnEnd = EndingFlags.LeaveLine });
        await EndAsync(execution, ExecutionStatus.Completed);
        Assert.Equal(1, Assert.Single(await ClaimMineAsync()).Attempt);
        Assert.Empty(await ClaimMineAsync());

        await Endings.LaterAsync(execution, TimeSpan.Zero, Ct);
        Assert.Equal(2, Assert.Single(await ClaimMineAsync()).Attempt);
        await Endings.DoneAsync(execution, Ct);
        Assert.Equal(0, await world.CountAsync("endings", execution));
    }

    [Fact]
    public async Task Waiting_child_marks_itself_and_its_parent()
    {
        var parent = await world.RunningAsync();
        var child = await world.AcceptedAsync(Child(parent, new BookmarkId(Guid.CreateVersion7())));
        Assert.Equal((short)1, await world.ReadAsync<short>(child, "depth"));
        Assert.Equal(parent.Value, await world.ReadAsync<Guid>(child, "parent_execution_id"));
        await EndAsync(child, ExecutionStatus.Completed);
        await EndAsync(parent, ExecutionStatus.Cancelled);
        Assert.Equal([EndingFlags.TellParent, EndingFlags.CancelChildren], (await ClaimMineAsync()).Select(e => e.Flags).Order());
    }

    [Fact]
    public async Task Child_nobody_waits_for_marks_neither()
    {
        var parent = await world.RunningAsync();
        var child = await world.AcceptedAsync(Child(parent, null));
        await EndAsync(child, ExecutionStatus.Failed);
        await EndAsync(parent, ExecutionStatus.Completed);
        Assert.Empty(await ClaimMineAsync());
    }

    [Fact]
    public async Task Child_of_an_ended_or_foreign_or_unknown_parent_is_refused()
    {
        var ended = await world.RunningAsync();
        await EndAsync(ended, ExecutionStatus.Completed);
        var foreign = await (await World.CreateAsync(postgres)).RunningAsync();
        foreach (var parent in new[] { ended, foreign, new ExecutionId(Guid.CreateVersion7()) })
        {
            Assert.IsType<AcceptVerdict.ParentEnded>(await world.Intake.AcceptAsync(Child(parent, null), Ct));
        }
    }

    [Fact]
    public async Task Eleventh_child_is_too_deep()
    {
        var parent = await world.RunningAsync();
        for (var depth = 1; depth <= 10; depth++)
        {
            parent = await world.AcceptedAsync(Child(parent, null));
        }

        Assert.Equal((short)10, await world.ReadAsync<short>(parent, "depth"));
        Assert.IsType<AcceptVerdict.TooDeep>(await world.Intake.AcceptAsync(Child(parent, null), Ct));
    }

    [Fact]
    public async Task Execution_that_looks_after_a_failure_starts_no_other_and_neither_do_its_children()
    {
        var handler = await world.AcceptedAsync(world.Request() with { OnEnd = EndingFlags.StartOnFailure, OfFailure = true, Counted = false });
        var child = await world.AcceptedAsync(Child(handler, null) with { OnEnd = EndingFlags.StartOnFailure });
        Assert.Equal(0, await world.CountAsync("usage_facts", handler));
        Assert.Equal(1, await world.CountAsync("usage_facts", child));
        await EndAsync(child, ExecutionStatus.Failed);
        await EndAsync(handler, ExecutionStatus.Failed);
        Assert.Empty(await ClaimMineAsync());
    }

    [Fact]
    public async Task Older_version_is_accepted_only_if_any_will_do()
    {
        var request = world.Request() with { Version = new(Guid.CreateVersion7()) };
        Assert.IsType<AcceptVerdict.StaleVersion>(await world.Intake.AcceptAsync(request, Ct));
        Assert.IsType<AcceptVerdict.Accepted>(await world.Intake.AcceptAsync(request with { AnyVersion = true }, Ct));
    }

    [Fact]
    public async Task Children_racing_with_their_parents_end_are_refused_or_known_to_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var parent = await world.RunningAsync();
            var children = Enumerable
                .Range(0, 5)
                .Select(_ => Task.Run(() => world.Intake.AcceptAsync(Child(parent, new BookmarkId(Guid.CreateVersion7())), Ct), Ct));
            var end = Task.Run(() => EndAsync(parent, ExecutionStatus.Failed), Ct);
            var accepted = (await Task.WhenAll(children)).Count(verdict => verdict is AcceptVerdict.Accepted);
            await end;
            Assert.Equal(accepted > 0 ? 1 : 0, await world.CountAsync("endings", parent));
        }
    }

    private NewExecution Child(ExecutionId parent, BookmarkId? bookmark) => world.Request() with { Parent = new(parent, bookmark) };

    private async Task EndAsync(ExecutionId execution, ExecutionStatus status) =>
        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(
                World.Append(
                    execution,
                    1,
                    1,
                    new ExecutionTransition.End(status, default, null, null, null, 1),
                    World.Event(2, JournalEventKind.ExecutionCompleted)
                )
            )
        );

    private async Task<IReadOnlyList<Ending>> ClaimMineAsync() =>
        [.. (await Endings.ClaimAsync(1_000, TimeSpan.FromMinutes(5), Ct)).Where(ending => ending.Tenant == world.Tenant)];
}
