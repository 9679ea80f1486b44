using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class ExecutionEndsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ExecutionEnds Ends => postgres.Services.GetRequiredService<ExecutionEnds>();

    [Fact]
    public async Task Each_of_many_readers_gets_its_own_execution_and_its_output_once_that_has_ended()
    {
        var world = await World.CreateAsync(postgres);
        var (ended, running) = (await world.RunningAsync(), await world.RunningAsync());
        await world.AppendAsync(
            World.Append(ended, 1, 1, new ExecutionTransition.End(ExecutionStatus.Completed, "42"u8.ToArray(), null, null, null, 0), World.Event(2))
        );

        var read = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Ends.ReadAsync(world.Tenant, i % 2 == 0 ? ended : running, Ct)));

        Assert.All(
            read.Where((_, i) => i % 2 == 0),
            end => Assert.Equal((ExecutionStatus.Completed, "42"), (end.Status, System.Text.Encoding.UTF8.GetString(end.Output.Span)))
        );
        Assert.All(read.Where((_, i) => i % 2 == 1), end => Assert.Equal((ExecutionStatus.Running, 0), (end.Status, end.Output.Length)));
    }

    [Fact]
    public async Task Another_tenants_execution_is_none()
    {
        var (mine, other) = (await World.CreateAsync(postgres), await World.CreateAsync(postgres));
        var execution = await other.RunningAsync();

        Assert.Equal(new(ExecutionStatus.Cancelled, default), await Ends.ReadAsync(mine.Tenant, execution, Ct));
    }
}
