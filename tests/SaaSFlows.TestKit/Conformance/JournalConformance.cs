using SaaSFlows.Engine.Journaling;
using Xunit;

namespace SaaSFlows.TestKit.Conformance;

/// <summary>What every <see cref="IJournal"/> must hold.</summary>
public abstract class JournalConformance : ExecutionStoreConformance
{
    [Fact]
    public async Task An_event_is_read_as_it_was_written()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        var written = Completed(2, """{"output":"\u0000 and ü","x":1.0}""") with { Scope = "each:3", Token = 7, Attempt = 2, Ordinal = 5 };
        var bare = new JournalEvent(3, JournalEventKind.EffectIntended, null, "", 0, 0, 0, written.At, default);

        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(Continue(claimed, written, bare), Ct));

        var read = await store.Journal.ReadAsync(claimed.Ref.Id, 1, 10, Ct);
        Assert.Equal(2, read.Count);
        Assert.Equal(written with { Body = default }, read[0] with { Body = default });
        Assert.Equal(written.Body.ToArray(), read[0].Body.ToArray());
        Assert.Equal(bare with { Body = default }, read[1] with { Body = default });
        Assert.True(read[1].Body.IsEmpty);
    }

    [Fact]
    public async Task Reading_goes_on_after_a_sequence_number_in_pages()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Continue(claimed, Completed(2), Completed(3), Completed(4)), Ct);

        Assert.Equal([1L, 2], (await store.Journal.ReadAsync(claimed.Ref.Id, 0, 2, Ct)).Select(recorded => recorded.Seq));
        Assert.Equal([3L, 4], (await store.Journal.ReadAsync(claimed.Ref.Id, 2, 2, Ct)).Select(recorded => recorded.Seq));
        Assert.Empty(await store.Journal.ReadAsync(claimed.Ref.Id, 4, 2, Ct));
    }

    [Fact]
    public async Task A_stale_fence_writes_nothing()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var old = await ClaimOneAsync(store, Worker);
        await store.LetTimePassAsync(Ct);
        var current = await ClaimOneAsync(store, OtherWorker);

        Assert.True(current.Fence > old.Fence);
        Assert.Equal(AppendVerdict.LostLease, await store.Journal.AppendAsync(Continue(old, Completed(2)), Ct));
        Assert.Empty(await BodiesAsync(store, old.Ref.Id));
        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(Continue(current, Completed(2)), Ct));
    }

    [Fact]
    public async Task A_stale_fence_cannot_end_park_or_yield()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var old = await ClaimOneAsync(store, Worker);
        await store.LetTimePassAsync(Ct);
        var current = await ClaimOneAsync(store, OtherWorker);

        foreach (
            var transition in new ExecutionTransition[]
            {
                End(),
                new ExecutionTransition.Park(0),
                new ExecutionTransition.Yield(DateTimeOffset.UnixEpoch),
            }
        )
        {
            Assert.Equal(AppendVerdict.LostLease, await store.Journal.AppendAsync(Append(old, transition), Ct));
        }

        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(Continue(current, Completed(2)), Ct));
    }

    [Fact]
    public async Task An_ended_execution_takes_no_more_events()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(Append(claimed, End(), Completed(2)), Ct));

        Assert.Equal(AppendVerdict.LostLease, await store.Journal.AppendAsync(Continue(claimed with { HeadSeq = 2 }, Completed(3)), Ct));
        Assert.Single(await BodiesAsync(store, claimed.Ref.Id));
    }

    [Fact]
    public async Task An_end_takes_bookmarks_inbox_and_queue_row_with_it()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Continue(claimed) with { NewBookmarks = [Timer(1)] }, Ct);
        await store.PutFactAsync(execution, InboxFactKind.Stimulus, Timer(2).Id, "{}"u8.ToArray(), Ct);

        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(Append(claimed, End(), Completed(2)), Ct));

        Assert.Empty(await store.BookmarksAsync(execution, Ct));
        Assert.Empty(await store.Queue.ReadInboxAsync(execution.Id, Ct));
        await store.LetTimePassAsync(Ct);
        Assert.Empty(await store.Queue.ClaimAsync(Worker, 10, Lease, Ct));
    }

    [Fact]
    public async Task Bookmarks_come_and_go_with_the_events()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.Journal.AppendAsync(Continue(claimed, Completed(2)) with { NewBookmarks = [Timer(1), Timer(2)] }, Ct);
        Assert.Equal([Timer(1), Timer(2)], (await store.BookmarksAsync(execution, Ct)).OrderBy(bookmark => bookmark.Id.Value));

        await store.Journal.AppendAsync(Continue(claimed with { HeadSeq = 2 }, Completed(3)) with { EndedBookmarks = [Timer(1).Id] }, Ct);
        Assert.Equal([Timer(2)], await store.BookmarksAsync(execution, Ct));
    }

    [Fact]
    public async Task Parking_with_an_unseen_fact_is_refused_and_writes_nothing()
    {
        var store = await OpenAsync();
        var execution = await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        await store.PutFactAsync(execution, InboxFactKind.Cancel, null, "{}"u8.ToArray(), Ct);

        var park = Append(claimed, new ExecutionTransition.Park(claimed.InboxSeq), Completed(2)) with { NewBookmarks = [Timer(1)] };
        Assert.Equal(AppendVerdict.InboxNotEmpty, await store.Journal.AppendAsync(park, Ct));
        Assert.Empty(await BodiesAsync(store, execution.Id));
        Assert.Empty(await store.BookmarksAsync(execution, Ct));

        // A fact that was seen and left (its bookmark is not open yet) does not keep it from parking.
        var seen = (await store.Queue.ReadInboxAsync(execution.Id, Ct))[^1].Number;
        Assert.Equal(AppendVerdict.Written, await store.Journal.AppendAsync(park with { Transition = new ExecutionTransition.Park(seen) }, Ct));
    }

    [Fact]
    public async Task A_broken_or_stale_row_among_a_hundred_costs_the_others_nothing()
    {
        var store = await OpenAsync();
        var tenant = await store.NewTenantAsync(Ct);
        for (var i = 0; i < 100; i++)
        {
            await store.AcceptAsync(tenant, Ct);
        }

        var claimed = await store.Queue.ClaimAsync(Worker, 100, Lease, Ct);
        Assert.Equal(100, claimed.Count);
        var appends = claimed.Select(
            (one, i) =>
                i switch
                {
                    // Stale; and one that leaves a gap in the journal, which no store may take.
                    40 => Continue(one with { Fence = one.Fence - 1 }, Completed(2)),
                    60 => Continue(one with { HeadSeq = 5 }, Completed(6)),
                    _ => Continue(one, Completed(2)),
                }
        );

        var outcomes = await Task.WhenAll(
            appends.Select(append =>
                Task.Run(async () =>
                {
                    try
                    {
                        return (await store.Journal.AppendAsync(append, Ct)).ToString();
                    }
                    catch (Exception error) when (error is not OperationCanceledException)
                    {
                        return "Broken";
                    }
                })
            )
        );

        Assert.Equal("LostLease", outcomes[40]);
        Assert.NotEqual("Written", outcomes[60]);
        Assert.Equal(98, outcomes.Count(outcome => outcome == "Written"));
        Assert.Empty(await BodiesAsync(store, claimed[40].Ref.Id));
        Assert.Empty(await BodiesAsync(store, claimed[60].Ref.Id));
    }

    [Fact]
    public async Task A_cancelled_append_is_written_wholly_or_not_at_all()
    {
        var store = await OpenAsync();
        await AcceptAsync(store);
        var claimed = await ClaimOneAsync(store, Worker);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        try
        {
            await store.Journal.AppendAsync(Continue(claimed, Completed(2), Completed(3)), cancelled.Token);
        }
        catch (OperationCanceledException) { }

        Assert.NotEqual(1, (await BodiesAsync(store, claimed.Ref.Id)).Length);
    }
}
