using SaaSFlows.TestKit.Conformance;

namespace SaaSFlows.Postgres.Tests.Journaling;

public sealed class PostgresJournalConformanceTests(PostgresFixture postgres) : JournalConformance, IClassFixture<PostgresFixture>
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => PostgresStoreDriver.OpenAsync(postgres);

    [Fact]
    public async Task Large_events_come_in_small_parts_and_none_is_left_out()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        for (var seq = 2; seq <= 12; seq++)
        {
            await store.Journal.AppendAsync(Continue(claimed with { HeadSeq = seq - 1 }, Completed(seq, $"\"{new string('x', 300_000)}\"")), Ct);
        }

        var (read, after) = (new List<long>(), 0L);
        while (await store.Journal.ReadAsync(claimed.Ref.Id, after, 1_000, Ct) is { Count: > 0 } part)
        {
            Assert.InRange(part.Sum(recorded => recorded.Body.Length), 1, 2_000_000);
            read.AddRange(part.Select(recorded => recorded.Seq));
            after = read[^1];
        }

        Assert.Equal(Enumerable.Range(1, 12).Select(seq => (long)seq), read);
    }
}

public sealed class PostgresQueueConformanceTests(PostgresFixture postgres) : ExecutionQueueConformance, IClassFixture<PostgresFixture>
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => PostgresStoreDriver.OpenAsync(postgres);
}
