using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>
/// What a runner takes for the store. Keeps nothing but the trace, and never lets the execution rest: where a real one would be parked, time
/// goes on to the next due moment, and answers that others would give are there.
/// </summary>
internal sealed class DryStore(DryTrace trace, RunNotes notes, DryClock clock) : IJournal, IExecutionQueue
{
    private readonly Dictionary<BookmarkId, Bookmark> _open = [];
    private readonly List<InboxFact> _inbox = [];
    private long _lastFact;

    public ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (append.Transition is ExecutionTransition.Park)
        {
            PassWaits([.. _open.Values.Concat(append.NewBookmarks).Where(bookmark => !append.EndedBookmarks.Contains(bookmark.Id))]);
            return new(AppendVerdict.InboxNotEmpty);
        }

        foreach (var recorded in append.Events)
        {
            trace.Add(recorded);
        }

        foreach (var bookmark in append.NewBookmarks)
        {
            _open.Add(bookmark.Id, bookmark);
        }

        foreach (var ended in append.EndedBookmarks)
        {
            _open.Remove(ended);
        }

        _inbox.RemoveAll(fact => append.ConsumedInbox.Contains(fact.Number));
        return new(AppendVerdict.Written);
    }

    public ValueTask<IReadOnlyList<InboxFact>> ReadInboxAsync(ExecutionId execution, CancellationToken ct) => new([.. _inbox]);

    public ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct) => throw NotKept();

    public ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
        WorkerId worker,
        int max,
        TimeSpan lease,
        IReadOnlyList<TenantId> full,
        CancellationToken ct
    ) => throw NotKept();

    public ValueTask<LeaseReport> RenewAsync(WorkerId worker, IReadOnlyList<HeldLease> held, TimeSpan lease, CancellationToken ct) => throw NotKept();

    private static InvalidOperationException NotKept() => new("A dry run is not stored, so it can't be claimed or read.");

    private void PassWaits(List<Bookmark> waits)
    {
        var isAnswered = false;
        foreach (var wait in waits)
        {
            if (notes.TryTakeAnswer(wait.Id, out var payload))
            {
                isAnswered = true;
                Tell(wait, InboxFactKind.Stimulus, payload);
            }
        }

        if (isAnswered)
        {
            return;
        }

        if (waits.Min(wait => wait.Due) is not { } due)
        {
            throw new InvalidOperationException("The execution waits for something that nobody previews.");
        }

        // Waits that end at the same moment end together, as they do in a real run.
        clock.MoveTo(due);
        foreach (var wait in waits.Where(wait => wait.Due <= due))
        {
            Tell(wait, InboxFactKind.Due, default);
        }
    }

    private void Tell(Bookmark wait, InboxFactKind kind, JsonElement payload) =>
        _inbox.Add(
            new(
                ++_lastFact,
                kind,
                wait.Id,
                clock.GetUtcNow(),
                payload.ValueKind == JsonValueKind.Undefined ? default : JsonMarshal.GetRawUtf8Value(payload).ToArray()
            )
        );
}
