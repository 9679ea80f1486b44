namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>
/// The new events of one read of a journal, with a link to the next batch. Readers hold their current batch and thereby all later ones, so one copy
/// serves all readers and batches that all have read are collected.
/// </summary>
internal sealed class LiveBatch(IReadOnlyList<LiveUpdate.Changed> changes, long position, bool isEnd, long totalChanges, long totalBytes)
{
    private readonly TaskCompletionSource<LiveBatch> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LiveUpdate.Changed> Changes => changes;

    /// <summary>The number of its last event.</summary>
    public long Position => position;

    /// <summary>Whether it contains the end of the execution.</summary>
    public bool IsEnd => isEnd;

    /// <summary>The total including all batches before it.</summary>
    public long TotalChanges => totalChanges;

    public long TotalBytes => totalBytes;

    public Task<LiveBatch> Next => _next.Task;

    public LiveBatch Append(IReadOnlyList<LiveUpdate.Changed> more, long upTo, bool ends, long bytes)
    {
        var next = new LiveBatch(more, upTo, ends, totalChanges + more.Count, totalBytes + bytes);
        _next.TrySetResult(next);
        return next;
    }

    /// <summary>Ends the chain with an error, which each reader's stream throws.</summary>
    public void Fail(Exception error) => _next.TrySetException(error);
}
