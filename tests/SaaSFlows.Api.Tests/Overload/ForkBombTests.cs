using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.Overload;

/// <summary>A workflow that starts itself many times over, and those start it again.</summary>
public sealed class ForkBombTests(ForkBombTests.Host host) : IClassFixture<ForkBombTests.Host>
{
    [Fact]
    public async Task It_ends_says_why_and_another_tenant_works_on()
    {
        var (attacker, neighbour) = (await host.RegisterAsync(), await host.RegisterAsync());
        var hook = await neighbour.WebhookAsync(await neighbour.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections));
        var bomb = await attacker.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                each = Graphs.Node("loop_foreach", new { array_variable = "{{ 'x'.repeat(6).split('') }}", max_parallel = 6 }),
                again = Graphs.Node("action_workflow", new { workflow = "bomb", wait = false }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "each"), Graphs.Line("each", "again", "loop"), Graphs.Line("each", "end", "complete") },
            "bomb"
        );

        await attacker.StartAsync(bomb);
        await Eventually.True(() => WaitingAsync(attacker, 20), TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (await neighbour.GetAsync("/api/v1/workflows")).Status);
            Assert.Equal(200, (await neighbour.PostRawAsync(hook, "{}")).Status);
        }

        await Eventually.True(
            async () => await host.ScalarAsync<long>("select count(*) from engine.queue") == 0,
            TimeSpan.FromMinutes(3),
            TestContext.Current.CancellationToken
        );
        Assert.True(
            await host.ScalarAsync<bool>(
                "select exists (select from engine.executions where tenant_id = $1 and error_code = 'workflow.too_many_waiting')",
                attacker.Tenant
            )
        );
        Assert.False(await host.ScalarAsync<bool>("select exists (select from engine.executions where error_code = 'node.crashed')"));
    }

    private async Task<bool> WaitingAsync(Member member, int count) =>
        await host.ScalarAsync<long>("select count(*) from engine.executions where tenant_id = $1", member.Tenant) >= count;

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Worker:MostWaitingPerTenant", "10")];
    }
}
