using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Postgres.Queueing;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>What is told of the queue.</summary>
public sealed class QueueStatusTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Waiting_leased_and_later_rows_are_told_apart_and_asked_for_once()
    {
        var ct = TestContext.Current.CancellationToken;
        await postgres.ExecuteAsync(
            """
            insert into engine.queue (execution_id, tenant_id, available_at, owner, enqueued_at) values
                (gen_random_uuid(), gen_random_uuid(), now() - interval '1 minute', null, now()),
                (gen_random_uuid(), gen_random_uuid(), now() - interval '1 second', gen_random_uuid(), now()),
                (gen_random_uuid(), gen_random_uuid(), now() + interval '20 seconds', gen_random_uuid(), now()),
                (gen_random_uuid(), gen_random_uuid(), now() + interval '1 hour', null, now())
            """
        );
        var status = postgres.Services.GetRequiredService<QueueStatus>();

        var both = await Task.WhenAll(status.CurrentAsync(ct), status.CurrentAsync(ct));

        Assert.Same(both[0], both[1]);
        Assert.Equal((2, 1), (both[0].Queue.Count, both[0].Leased));
        Assert.InRange((both[0].At - both[0].Queue.Oldest!.Value).TotalSeconds, 59, 120);
        Assert.Equal((0, null), (both[0].Inbox.Count, both[0].Inbox.Oldest));
        await postgres.ExecuteAsync("delete from engine.queue");
        Assert.Same(both[0], await status.CurrentAsync(ct));
    }
}
