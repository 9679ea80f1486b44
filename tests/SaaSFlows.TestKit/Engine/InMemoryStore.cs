using System.Collections.Immutable;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.TestKit.Engine;

/// <summary>
/// Journal and queue in memory, for tests of the engine that need thousands of executions. It passes the same conformance suites as
/// PostgreSQL. Time is what its clock says: leases and waits end when a test moves it.
/// </summary>
public sealed class InMemoryStore(TimeProvider time) : IJournal, IExecutionQueue, IAcceptance
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ExecutionId, Stored> _executions = [];
    private readonly Dictionary<TenantId, long> _lastServed = [];
    private long _served;

    /// <summary>Asked before each append; a test may throw from it.</summary>
    public Action<JournalAppend>? BeforeAppend { get; set; }

    /// <summary>What an accept does: first event and queue row.</summary>
    public void Accept(ExecutionRef execution, WorkflowVersionId version, JournalEvent started)
    {
        lock (_lock)
        {
            _executions.Add(execution.Id, new(execution, version, started) { QueuedFrom = time.GetUtcNow() });
        }
    }

    /// <summary>Puts an execution back as a crash left it: what was stored, free to be claimed.</summary>
    public void Restore(ExecutionRef execution, WorkflowVersionId version, IReadOnlyList<JournalEvent> events, IEnumerable<Bookmark> bookmarks)
    {
        lock (_lock)
        {
            Accept(execution, version, events[0]);
            var stored = _executions[execution.Id];
            stored.Events.AddRange(events.Skip(1));
            foreach (var bookmark in bookmarks)
            {
                stored.Bookmarks.Add(bookmark.Id, bookmark);
            }
        }
    }

    /// <summary>What an accept does that runs the execution at once: the lease is part of it.</summary>
    public ClaimedExecution AcceptAndClaim(ExecutionRef execution, WorkflowVersionId version, JournalEvent started, WorkerId worker, TimeSpan lease)
    {
        lock (_lock)
        {
            Accept(execution, version, started);
            return Claim(_executions[execution.Id], worker, lease);
        }
    }

    /// <inheritdoc/>
    public async Task<AcceptVerdict> AcceptAsync(NewExecution execution, CancellationToken ct)
    {
        if (execution.Lease is not { } lease)
        {
            Accept(execution.Ref, execution.Version, execution.Started);
            return new AcceptVerdict.Accepted(0);
        }

        AcceptAndClaim(execution.Ref, execution.Version, execution.Started, lease.Worker, lease.Duration);
        if (execution.Ran is { } ran)
        {
            await AppendAsync(ran, ct);
        }

        return new AcceptVerdict.Accepted(1);
    }

    /// <summary>What an outside fact does: inbox row and queue row; nothing for an execution that ended.</summary>
    public void PutFact(ExecutionId execution, InboxFactKind kind, BookmarkId? bookmark, ReadOnlyMemory<byte> body)
    {
        lock (_lock)
        {
            var stored = _executions[execution];
            if (stored.End is not null)
            {
                return;
            }

            stored.Inbox.Add(new(++stored.LastFact, kind, bookmark, time.GetUtcNow(), body.ToArray()));
            stored.QueuedFrom ??= time.GetUtcNow();
        }
    }

    /// <summary>What the claimer of due rows does; answers how many bookmarks were due.</summary>
    public int FireDue()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var fired = 0;
            foreach (var stored in _executions.Values)
            {
                foreach (var bookmark in stored.Bookmarks.Values.Where(bookmark => bookmark.Due <= now && stored.Fired.Add(bookmark.Id)).ToList())
                {
                    PutFact(stored.Ref.Id, InboxFactKind.Due, bookmark.Id, default);
                    fired++;
                }
            }

            return fired;
        }
    }

    /// <summary>Makes the lease of an execution run out, as if its worker had gone silent.</summary>
    public void ExpireLease(ExecutionId execution)
    {
        lock (_lock)
        {
            _executions[execution].LeasedUntil = DateTimeOffset.UnixEpoch;
        }
    }

    /// <summary>When the lease of an execution runs out; null if nobody holds it.</summary>
    public DateTimeOffset? LeaseEnd(ExecutionId execution)
    {
        lock (_lock)
        {
            return _executions[execution].LeasedUntil;
        }
    }

    public IReadOnlyList<JournalEvent> Journal(ExecutionId execution)
    {
        lock (_lock)
        {
            return [.. _executions[execution].Events];
        }
    }

    public IReadOnlyList<Bookmark> Bookmarks(ExecutionId execution)
    {
        lock (_lock)
        {
            return [.. _executions[execution].Bookmarks.Values];
        }
    }

    /// <summary>How the execution ended; null while it lives.</summary>
    public ExecutionTransition.End? EndOf(ExecutionId execution)
    {
        lock (_lock)
        {
            return _executions[execution].End;
        }
    }

    /// <summary>True if a worker could claim it now or holds it.</summary>
    public bool IsQueued(ExecutionId execution)
    {
        lock (_lock)
        {
            return _executions[execution].QueuedFrom is not null;
        }
    }

    public ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct)
    {
        lock (_lock)
        {
            return new(_executions.TryGetValue(execution, out var stored) ? stored.Events.Skip((int)afterSeq).Take(max).ToImmutableArray() : []);
        }
    }

    public ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        BeforeAppend?.Invoke(append);
        lock (_lock)
        {
            if (!_executions.TryGetValue(append.Execution, out var stored) || stored.End is not null || stored.Fence != append.Fence)
            {
                return new(AppendVerdict.LostLease);
            }

            if (append.BaseSeq != stored.Events.Count)
            {
                throw new InvalidOperationException($"Events after {append.BaseSeq} were written to a journal that ends at {stored.Events.Count}.");
            }

            if (append.Transition is ExecutionTransition.Park park && stored.LastFact > park.SeenInbox)
            {
                return new(AppendVerdict.InboxNotEmpty);
            }

            stored.Write(append);
            return new(AppendVerdict.Written);
        }
    }

    public ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
        WorkerId worker,
        int max,
        TimeSpan lease,
        IReadOnlyList<TenantId> full,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var free = _executions
                .Values.Where(stored => stored.QueuedFrom <= now && !(stored.LeasedUntil > now) && !full.Contains(stored.Ref.Tenant))
                .GroupBy(stored => stored.Ref.Tenant)
                .OrderBy(tenant => _lastServed.GetValueOrDefault(tenant.Key))
                .Select(tenant => new Queue<Stored>(tenant.OrderBy(stored => stored.QueuedFrom)))
                .ToList();
            var claimed = new List<ClaimedExecution>();
            while (claimed.Count < max && free.Find(tenant => tenant.Count > 0) is not null)
            {
                foreach (var tenant in free.Where(tenant => tenant.Count > 0 && claimed.Count < max))
                {
                    var stored = tenant.Dequeue();
                    _lastServed[stored.Ref.Tenant] = ++_served;
                    claimed.Add(Claim(stored, worker, lease));
                }
            }

            return new(claimed);
        }
    }

    public ValueTask<LeaseReport> RenewAsync(WorkerId worker, IReadOnlyList<HeldLease> held, TimeSpan lease, CancellationToken ct)
    {
        lock (_lock)
        {
            var lost = new List<ExecutionId>();
            var withFacts = new List<ExecutionId>();
            foreach (var one in held)
            {
                if (!_executions.TryGetValue(one.Execution, out var stored) || stored.Fence != one.Fence || stored.LeasedUntil is null)
                {
                    lost.Add(one.Execution);
                    continue;
                }

                stored.LeasedUntil = time.GetUtcNow() + lease;
                if (stored.LastFact > one.SeenInbox)
                {
                    withFacts.Add(one.Execution);
                }
            }

            return new(new LeaseReport(lost, withFacts));
        }
    }

    public ValueTask<IReadOnlyList<InboxFact>> ReadInboxAsync(ExecutionId execution, CancellationToken ct)
    {
        lock (_lock)
        {
            return new(_executions.TryGetValue(execution, out var stored) ? [.. stored.Inbox] : []);
        }
    }

    private ClaimedExecution Claim(Stored stored, WorkerId worker, TimeSpan lease)
    {
        _ = worker;
        stored.LeasedUntil = time.GetUtcNow() + lease;
        return new(stored.Ref, stored.Version, ++stored.Fence, stored.Events.Count, stored.LastFact);
    }

    private sealed class Stored(ExecutionRef execution, WorkflowVersionId version, JournalEvent started)
    {
        public ExecutionRef Ref { get; } = execution;

        public WorkflowVersionId Version { get; } = version;

        public List<JournalEvent> Events { get; } = [started];

        public List<InboxFact> Inbox { get; } = [];

        public Dictionary<BookmarkId, Bookmark> Bookmarks { get; } = [];

        public HashSet<BookmarkId> Fired { get; } = [];

        public long LastFact { get; set; }

        public long Fence { get; set; }

        public DateTimeOffset? QueuedFrom { get; set; }

        public DateTimeOffset? LeasedUntil { get; set; }

        public ExecutionTransition.End? End { get; private set; }

        public void Write(JournalAppend append)
        {
            // Copied: the writer owns its buffers again once it has its verdict.
            Events.AddRange(append.Events.Select(recorded => recorded with { Body = recorded.Body.ToArray() }));
            Inbox.RemoveAll(fact => append.ConsumedInbox.Contains(fact.Number));
            foreach (var bookmark in append.NewBookmarks)
            {
                Bookmarks.Add(bookmark.Id, bookmark);
            }

            foreach (var ended in append.EndedBookmarks)
            {
                Bookmarks.Remove(ended);
            }

            (QueuedFrom, LeasedUntil) = append.Transition.Match<(DateTimeOffset?, DateTimeOffset?)>(
                _ => (QueuedFrom, LeasedUntil),
                _ => (null, null),
                given => (given.AvailableAt, null),
                _ => (null, null)
            );
            if (append.Transition is ExecutionTransition.End end)
            {
                End = end;
                Inbox.Clear();
                Bookmarks.Clear();
            }
        }
    }
}
