using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;
using Xunit;

namespace SaaSFlows.TestKit.Conformance;

/// <summary>What every <see cref="IExecutionQueue"/> must hold.</summary>
public abstract class ExecutionQueueConformance : ExecutionStoreConformance
{
    [Fact]
    public async Task A_claim_tells_what_the_execution_is_and_where_it_stands()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);

        var claimed = await ClaimOneAsync(store, Worker);

        Assert.Equal(execution, claimed.Ref);
        Assert.Equal((1L, 0L), (claimed.HeadSeq, claimed.InboxSeq));
        Assert.True(claimed.Fence > 0);
    }

    [Fact]
    public async Task A_leased_execution_is_not_claimed_again_until_its_lease_has_run_out()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var first = await ClaimOneAsync(store, Worker);

        Assert.Empty(await store.Queue.ClaimAsync(OtherWorker, 1, Lease, Ct));
        await store.LetTimePassAsync(Ct);
        Assert.True((await ClaimOneAsync(store, OtherWorker)).Fence > first.Fence);
    }

    [Fact]
    public async Task Two_claimers_never_get_the_same_execution()
    {
        var store = await OpenAsync();
        var tenant = await store.NewTenantAsync(Ct);
        for (var i = 0; i < 50; i++)
        {
            await store.AcceptAsync(tenant, Ct);
        }

        var claims = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(async () => await store.Queue.ClaimAsync(i % 2 == 0 ? Worker : OtherWorker, 5, Lease, Ct)))
        );

        var ids = claims.SelectMany(claim => claim).Select(claimed => claimed.Ref.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var rest = await store.Queue.ClaimAsync(Worker, 50, Lease, Ct);
        Assert.Equal(50, ids.Concat(rest.Select(claimed => claimed.Ref.Id)).Distinct().Count());
    }

    [Fact]
    public async Task A_tenant_with_much_work_does_not_starve_another()
    {
        var store = await OpenAsync();
        var busy = await store.NewTenantAsync(Ct);
        var small = await store.NewTenantAsync(Ct);
        for (var i = 0; i < 100; i++)
        {
            await store.AcceptAsync(busy, Ct);
        }

        await store.AcceptAsync(small, Ct);
        await store.AcceptAsync(small, Ct);

        var claimed = await store.Queue.ClaimAsync(Worker, 10, Lease, Ct);

        Assert.Equal(10, claimed.Count);
        Assert.Equal(2, claimed.Count(one => one.Ref.Tenant == small));
    }

    [Fact]
    public async Task Renewing_keeps_the_lease_and_reports_lost_ones()
    {
        var store = await OpenAsync();
        var tenant = await store.NewTenantAsync(Ct);
        await store.AcceptAsync(tenant, Ct);
        await store.AcceptAsync(tenant, Ct);
        var claimed = await store.Queue.ClaimAsync(Worker, 2, Lease, Ct);
        await store.LetTimePassAsync(Ct);
        var stolen = await ClaimOneAsync(store, OtherWorker);

        var report = await store.Queue.RenewAsync(Worker, [.. claimed.Select(one => new HeldLease(one.Ref.Id, one.Fence, one.InboxSeq))], Lease, Ct);

        Assert.Equal([stolen.Ref.Id], report.Lost);
        Assert.Empty(report.WithNewFacts);
        Assert.Empty(await store.Queue.ClaimAsync(OtherWorker, 2, Lease, Ct));
    }

    [Fact]
    public async Task Renewing_an_ended_execution_reports_it_lost()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Append(claimed, End(), Completed(2)), Ct);

        var report = await store.Queue.RenewAsync(Worker, [new(claimed.Ref.Id, claimed.Fence, 0)], Lease, Ct);

        Assert.Equal([claimed.Ref.Id], report.Lost);
    }

    [Fact]
    public async Task Renewing_tells_of_facts_that_the_runner_does_not_know()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.PutFactAsync(execution, InboxFactKind.Cancel, null, "{}"u8.ToArray(), Ct);

        var report = await store.Queue.RenewAsync(Worker, [new(execution.Id, claimed.Fence, claimed.InboxSeq)], Lease, Ct);
        Assert.Equal([execution.Id], report.WithNewFacts);

        var seen = Assert.Single(await store.Queue.ReadInboxAsync(execution.Id, Ct)).Number;
        Assert.Empty((await store.Queue.RenewAsync(Worker, [new(execution.Id, claimed.Fence, seen)], Lease, Ct)).WithNewFacts);
    }

    [Fact]
    public async Task Facts_are_read_in_their_order_until_they_are_consumed()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        await store.PutFactAsync(execution, InboxFactKind.Stimulus, Timer(1).Id, """{"n":1}"""u8.ToArray(), Ct);
        await store.PutFactAsync(execution, InboxFactKind.Due, Timer(2).Id, [], Ct);
        await store.PutFactAsync(execution, InboxFactKind.Cancel, null, """{"by":"me"}"""u8.ToArray(), Ct);
        var claimed = await ClaimOneAsync(store, Worker);

        var facts = await store.Queue.ReadInboxAsync(execution.Id, Ct);

        Assert.Equal([InboxFactKind.Stimulus, InboxFactKind.Due, InboxFactKind.Cancel], facts.Select(fact => fact.Kind));
        Assert.Equal([Timer(1).Id, Timer(2).Id, (BookmarkId?)null], facts.Select(fact => fact.Bookmark));
        Assert.Equal("""{"n":1}"""u8.ToArray(), facts[0].Body.ToArray());
        Assert.True(facts[0].Number < facts[1].Number && facts[1].Number < facts[2].Number);
        Assert.Equal(facts[2].Number, claimed.InboxSeq);

        await store.Journal.AppendAsync(Continue(claimed, Completed(2)) with { ConsumedInbox = [facts[0].Number, facts[2].Number] }, Ct);
        Assert.Equal([facts[1].Number], (await store.Queue.ReadInboxAsync(execution.Id, Ct)).Select(fact => fact.Number));
    }

    [Fact]
    public async Task Numbers_of_consumed_facts_are_not_given_again()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        await store.PutFactAsync(execution, InboxFactKind.Stimulus, Timer(1).Id, [], Ct);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Continue(claimed) with { ConsumedInbox = [claimed.InboxSeq] }, Ct);

        await store.PutFactAsync(execution, InboxFactKind.Stimulus, Timer(1).Id, [], Ct);

        Assert.True(Assert.Single(await store.Queue.ReadInboxAsync(execution.Id, Ct)).Number > claimed.InboxSeq);
    }

    [Fact]
    public async Task A_parked_execution_is_claimed_when_a_fact_comes()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Append(claimed, new ExecutionTransition.Park(0), Completed(2)) with { NewBookmarks = [Timer(1)] }, Ct);
        await store.LetTimePassAsync(Ct);
        Assert.Empty(await store.Queue.ClaimAsync(Worker, 1, Lease, Ct));

        await store.PutFactAsync(execution, InboxFactKind.Due, Timer(1).Id, [], Ct);

        var again = await ClaimOneAsync(store, OtherWorker);
        Assert.Equal(2, again.HeadSeq);
        Assert.True(again.InboxSeq > 0 && again.Fence > claimed.Fence);
    }

    [Fact]
    public async Task A_yielded_execution_is_free_at_its_time()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Append(claimed, new ExecutionTransition.Yield(DateTimeOffset.UnixEpoch), Completed(2)), Ct);

        Assert.Equal(2, (await ClaimOneAsync(store, OtherWorker)).HeadSeq);
    }
}
