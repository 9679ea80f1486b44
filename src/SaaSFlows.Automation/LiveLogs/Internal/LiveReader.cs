using System.Runtime.CompilerServices;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>Somebody who follows an execution: where they stand in what the tail brings. Dispose of it when they go.</summary>
internal sealed class LiveReader(LiveTail tail, WatchedExecution execution) : IDisposable
{
    // Null before it is attached, and again when it fell behind: then nothing is kept for it.
    private LiveBatch? _at;

    public WatchedExecution Execution => execution;

    public bool HasFallenBehind { get; private set; }

    /// <summary>Where it stands, if anything is kept for it.</summary>
    public LiveBatch? At => Volatile.Read(ref _at);

    /// <summary>Only by the execution, under its lock.</summary>
    public void Attach(LiveBatch last) => Volatile.Write(ref _at, last);

    /// <summary>Only by the execution, under its lock. The reader sees it when it asks for more, which may be late: it is slow.</summary>
    public void Drop()
    {
        HasFallenBehind = true;
        Volatile.Write(ref _at, null);
    }

    /// <summary>What comes after the place where it was attached; ends with the execution, or when it falls behind.</summary>
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
