using System.Runtime.CompilerServices;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>A reader of an execution, with its position in the batches of the tail. Dispose it when the reader leaves.</summary>
internal sealed class LiveReader(LiveTail tail, WatchedExecution execution) : IDisposable
{
    // Null before the attachment and after the disconnection: then nothing is held for the reader.
    private LiveBatch? _at;

    public WatchedExecution Execution => execution;

    /// <summary>Makes the last update, given the event to resume after; null as long as the reader is not disconnected.</summary>
    public Func<long, LiveUpdate>? SentAway { get; private set; }

    /// <summary>The position, if batches are held for the reader.</summary>
    public LiveBatch? At => Volatile.Read(ref _at);

    /// <summary>
    /// Attaches the reader to the tail and returns true if it has seen everything up to the tail's position. Otherwise it must read on from the
    /// journal.
    /// </summary>
    public bool TryAttach(long seen) => execution.TryAttach(this, seen, stored: null, out _);

    /// <summary>Only by the execution, under its lock.</summary>
    public void Attach(LiveBatch last) => Volatile.Write(ref _at, last);

    /// <summary>Disconnects the reader. Called only by the execution, under its lock. The reader sees it at its next read.</summary>
    public void SendAway(Func<long, LiveUpdate> last)
    {
        SentAway = last;
        Volatile.Write(ref _at, null);
    }

    /// <summary>Streams the batches after the position of the attachment, until the execution ends or the reader is disconnected.</summary>
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
