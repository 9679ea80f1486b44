using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

public sealed class IntakeTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => world = await World.CreateAsync(postgres);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Accepted_is_on_disk_with_first_event_usage_fact_and_queue_row()
    {
        var request = world.Request(leased: false, webhook: world.Webhook) with
        {
            Metadata = "{\"m\":1}"u8.ToArray(),
            StartedBy = new(Guid.CreateVersion7()),
        };
        Assert.Equal(0, Assert.IsType<AcceptVerdict.Accepted>(await world.Intake.AcceptAsync(request, Ct)).Fence);
        var execution = request.Ref.Id;
        Assert.Equal(
            "1 0 1 {} {\"m\":1}",
            await world.ReadAsync<string>(
                execution,
                "concat_ws(' ', status, fence, head_seq, convert_from(input, 'UTF8'), convert_from(metadata, 'UTF8'))"
            )
        );
        Assert.Equal([JournalEventKind.ExecutionStarted], (await world.Journal.ReadAsync(execution, 0, 10, Ct)).Select(e => e.Kind));
        Assert.Equal((1, 1), (await world.CountAsync("usage_facts", execution), await world.CountAsync("queue", execution)));
    }

    [Fact]
    public async Task Accepted_with_a_lease_runs_here_and_is_claimed_by_nobody_else()
    {
        var request = world.Request();
        Assert.Equal(new AcceptVerdict.Accepted(1), await world.Intake.AcceptAsync(request, Ct));
        Assert.DoesNotContain(
            await world.Queue.ClaimAsync(new(Guid.CreateVersion7()), 100, TimeSpan.FromMinutes(1), Ct),
            c => c.Ref.Id == request.Ref.Id
        );
        Assert.Equal(
            AppendVerdict.Written,
            await world.AppendAsync(World.Append(request.Ref.Id, 1, 1, ExecutionTransition.Continue.Instance, World.Event(2)))
        );
    }

    [Theory]
    [InlineData("update automation.workflows set published_version_id = gen_random_uuid() where id = $1", typeof(AcceptVerdict.StaleVersion))]
    [InlineData(
        "update accounts.tenants set licence_epoch = licence_epoch + 1 where tenant_id = (select tenant_id from automation.workflows where id = $1)",
        typeof(AcceptVerdict.StaleVersion)
    )]
    [InlineData("update automation.workflows set status = 'archived' where id = $1", typeof(AcceptVerdict.WorkflowClosed))]
    [InlineData("update automation.workflows set paused = true where id = $1", typeof(AcceptVerdict.WorkflowClosed))]
    [InlineData("delete from automation.workflows where id = $1", typeof(AcceptVerdict.WebhookDisabled))]
    [InlineData("update automation.webhooks set enabled = false where workflow_id = $1", typeof(AcceptVerdict.WebhookDisabled))]
    [InlineData("delete from automation.webhooks where workflow_id = $1", typeof(AcceptVerdict.WebhookDisabled))]
    [InlineData(
        "update accounts.tenants set status = 'suspended' where tenant_id = (select tenant_id from automation.workflows where id = $1)",
        typeof(AcceptVerdict.TenantClosed)
    )]
    public async Task What_changed_since_the_caller_looked_refuses_the_start(string change, Type refusal)
    {
        await postgres.ExecuteAsync(change, world.Workflow.Value);
        var request = world.Request(Key("k"), webhook: world.Webhook);
        Assert.IsType(refusal, await world.Intake.AcceptAsync(request, Ct));
        Assert.Equal((0, 0), (await world.CountAsync("journal", request.Ref.Id), await world.CountAsync("deduplication", request.Ref.Id)));
    }

    [Fact]
    public async Task Workflow_of_another_tenant_or_community_is_not_started()
    {
        var other = await World.CreateAsync(postgres);
        var request = world.Request();
        Assert.IsType<AcceptVerdict.WorkflowClosed>(
            await world.Intake.AcceptAsync(request with { Ref = request.Ref with { Workflow = other.Workflow } }, Ct)
        );
        Assert.IsType<AcceptVerdict.StaleVersion>(
            await world.Intake.AcceptAsync(request with { Ref = request.Ref with { Community = other.Community } }, Ct)
        );
        Assert.IsType<AcceptVerdict.WebhookDisabled>(await world.Intake.AcceptAsync(request with { Webhook = other.Webhook }, Ct));
    }

    [Fact]
    public async Task Second_delivery_of_an_event_answers_with_the_first_execution()
    {
        var first = await world.AcceptedAsync(world.Request(Key("event", 1)));
        Assert.Equal(new AcceptVerdict.Duplicate(first, true), await world.Intake.AcceptAsync(world.Request(Key("event", 1)), Ct));
        Assert.Equal(new AcceptVerdict.Duplicate(first, false), await world.Intake.AcceptAsync(world.Request(Key("event", 2)), Ct));
        Assert.IsType<AcceptVerdict.Accepted>(await world.Intake.AcceptAsync(world.Request(Key("another")), Ct));

        await postgres.ExecuteAsync("update automation.workflows set paused = true where id = $1", world.Workflow.Value);
        Assert.Equal(new AcceptVerdict.Duplicate(first, true), await world.Intake.AcceptAsync(world.Request(Key("event", 1)), Ct));
        Assert.IsType<AcceptVerdict.WorkflowClosed>(await world.Intake.AcceptAsync(world.Request(Key("new")), Ct));
    }

    [Fact]
    public async Task Same_event_key_of_another_source_is_another_event()
    {
        var other = await World.CreateAsync(postgres);
        await world.AcceptedAsync(world.Request(Key("event")));
        await world.AcceptedAsync(world.Request(Key("event") with { Source = Guid.CreateVersion7() }));
        await other.AcceptedAsync(other.Request(Key("event")));
    }

    [Fact]
    public async Task Expired_event_is_a_new_one()
    {
        var first = await world.AcceptedAsync(world.Request(Key("event") with { KeepFor = TimeSpan.Zero }));
        var second = await world.AcceptedAsync(world.Request(Key("event")));
        Assert.NotEqual(first, second);
        Assert.Equal(new AcceptVerdict.Duplicate(second, true), await world.Intake.AcceptAsync(world.Request(Key("event")), Ct));
    }

    [Fact]
    public async Task Twenty_deliveries_of_one_event_at_the_same_moment_start_one_execution()
    {
        for (var round = 0; round < 10; round++)
        {
            var key = Key($"event {round}");
            var verdicts = await Task.WhenAll(
                Enumerable.Range(0, 20).Select(_ => Task.Run(() => world.Intake.AcceptAsync(world.Request(key), Ct), Ct))
            );
            Assert.Single(verdicts.OfType<AcceptVerdict.Accepted>());
            Assert.Single(verdicts.OfType<AcceptVerdict.Duplicate>().Distinct());
            Assert.Equal(
                1L,
                await postgres.ScalarAsync(
                    "select count(*) from engine.executions e join engine.deduplication d on d.execution_id = e.id where d.source = $1 and "
                        + "d.event_key = $2",
                    key.Source,
                    key.Key
                )
            );
        }
    }

    [Fact]
    public async Task Among_a_hundred_requests_one_poisoned_one_stale_and_one_duplicate_cost_their_neighbours_nothing()
    {
        var requests = Enumerable.Range(0, 100).Select(i => world.Request(i is 10 or 99 ? Key("twice") : null, leased: false)).ToList();
        requests[30] = requests[30] with { LicenceEpoch = 7 };
        requests[60] = requests[60] with { Trigger = "\0" };
        requests[70] = requests[70] with { Ref = requests[70].Ref with { Id = new(Guid.Empty) } };

        var results = await Task.WhenAll(
            requests.Select(async r =>
            {
                try
                {
                    return (await world.Intake.AcceptAsync(r, Ct)).GetType().Name;
                }
                catch (PostgresException e)
                {
                    return e.SqlState;
                }
            })
        );
        Assert.Equal(["22021", "23514", "Duplicate", "StaleVersion"], results.Where(r => r != "Accepted").Order(StringComparer.Ordinal));
        Assert.Equal(96L, await postgres.ScalarAsync("select count(*) from engine.executions where tenant_id = $1", world.Tenant.Value));
        Assert.Equal(96L, await postgres.ScalarAsync("select count(*) from engine.usage_facts where tenant_id = $1", world.Tenant.Value));
    }

    private EventKey Key(string key, byte body = 1) => new(world.Webhook.Value, key, new byte[] { body }, TimeSpan.FromDays(7));
}
