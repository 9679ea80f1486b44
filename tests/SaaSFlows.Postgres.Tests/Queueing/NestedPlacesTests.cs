using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>Workflows with a limit that call each other.</summary>
public sealed class NestedPlacesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private World world = null!;

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(ConcurrencyPolicy.Queue)]
    [InlineData(ConcurrencyPolicy.CancelOldest)]
    public async Task Call_of_the_own_workflow_waits_for_no_place_and_pushes_no_parent_out(ConcurrencyPolicy policy)
    {
        var parent = await EnterAsync(world.Workflow, policy: policy);
        var between = await world.AcceptedAsync(world.Request() with { Parent = new(parent, new(Guid.CreateVersion7())) });
        var child = world.Request() with { Parent = new(between, new(Guid.CreateVersion7())), Concurrency = new(1, policy) };

        Assert.Equal(new AcceptVerdict.Accepted(0), await world.Intake.AcceptAsync(child, TestContext.Current.CancellationToken));
        Assert.True(await RunsAsync(child.Ref.Id));
        Assert.False(await RunsAsync(await EnterAsync(world.Workflow)), "One that nobody waits for still waits.");
    }

    [Fact]
    public async Task Parent_that_does_not_wait_gives_its_child_no_place()
    {
        var parent = await EnterAsync(world.Workflow);
        var child = await world.AcceptedAsync(world.Request() with { Parent = new(parent, null), Concurrency = new(1, ConcurrencyPolicy.Queue) });
        Assert.False(await RunsAsync(child));
    }

    [Fact]
    public async Task Limit_of_a_called_workflow_holds_where_nothing_can_hang()
    {
        var called = await WorkflowAsync();
        var parents = new[] { await EnterAsync(world.Workflow, limit: 2), await EnterAsync(world.Workflow, limit: 2) };
        Assert.True(await RunsAsync(await EnterAsync(called, parents[0])));
        Assert.False(await RunsAsync(await EnterAsync(called, parents[1])));
    }

    [Fact]
    public async Task Circle_over_several_chains_is_opened_also_when_all_come_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            // Three workflows; each has one that runs, and each of those calls the next workflow.
            var workflows = new[] { await WorkflowAsync(), await WorkflowAsync(), await WorkflowAsync() };
            var parents = await Task.WhenAll(workflows.Select(workflow => EnterAsync(workflow)));
            var children = await Task.WhenAll(parents.Select((parent, i) => Task.Run(() => EnterAsync(workflows[(i + 1) % 3], parent))));
            var running = await Task.WhenAll(children.Select(RunsAsync));
            Assert.Equal(1, running.Count(runs => runs));
        }
    }

    private Task<ExecutionId> EnterAsync(
        WorkflowId workflow,
        ExecutionId? parent = null,
        int limit = 1,
        ConcurrencyPolicy policy = ConcurrencyPolicy.Queue
    )
    {
        var request = world.Request();
        return world.AcceptedAsync(
            request with
            {
                Ref = request.Ref with { Workflow = workflow },
                Concurrency = new(limit, policy),
                Parent = parent is { } id ? new(id, new(Guid.CreateVersion7())) : null,
            }
        );
    }

    private async Task<bool> RunsAsync(ExecutionId execution) =>
        (bool)(await postgres.ScalarAsync("select running from engine.line where execution_id = $1", execution.Value))!;

    private async Task<WorkflowId> WorkflowAsync()
    {
        var workflow = new WorkflowId(Guid.CreateVersion7());
        await postgres.ExecuteAsync(
            """
            insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, published_version_id, created_at,
            updated_at)
            values ($1, $2, $3, $4, $1::text, 'W', 'active', '', $5, now(), now())
            """,
            workflow.Value,
            world.Tenant.Value,
            world.Community.Value,
            world.Entity.Value,
            world.Version.Value
        );
        return workflow;
    }
}
