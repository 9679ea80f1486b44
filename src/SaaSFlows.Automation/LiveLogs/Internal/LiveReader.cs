using System.Runtime.CompilerServices;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>Somebody who follows an execution: where they stand in what the tail brings. Dispose of it when they go.</summary>
internal sealed class LiveReader(LiveTail tail, WatchedExecution execution) : IDisposable
{
    // Null before it is attached, and again when it was sent away: then nothing is kept for it.
    private LiveBatch? _at;

    public WatchedExecution Execution => execution;

    /// <summary>The last thing to tell it, given the event to go on after; null while it is welcome.</summary>
    public Func<long, LiveUpdate>? SentAway { get; private set; }

    /// <summary>Where it stands, if anything is kept for it.</summary>
    public LiveBatch? At => Volatile.Read(ref _at);

    /// <summary>
    /// True if the tail stands where this has seen all: from here on it gets what follows. Else it has to read on from the journal.
    /// </summary>
    public bool TryAttach(long seen) => execution.TryAttach(this, seen, stored: null, out _);

    /// <summary>Only by the execution, under its lock.</summary>
    public void Attach(LiveBatch last) => Volatile.Write(ref _at, last);

    /// <summary>Only by the execution, under its lock. The reader sees it when it asks for more, which may be late: it is slow.</summary>
    public void SendAway(Func<long, LiveUpdate> last)
    {
        SentAway = last;
        Volatile.Write(ref _at, null);
    }

    /// <summary>What comes after the place where it was attached; ends with the execution, or when it is sent away.</summary>
    public async IAsyncEnumerable<LiveUpdate.Changed> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (At is { IsEnd: false } at)
        {
            var next = await at.Next.WaitAsync(ct);
            if (Interlocked.CompareExchange(ref _at, next, at) != at)
            {
                yield break;
            }

            for (var i = 0; i < next.Changes.Count && At == next; i++)
            {
                yield return next.Changes[i];
            }
        }
    }

    public void Dispose() => tail.Leave(this);
}
