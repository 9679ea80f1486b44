namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>
/// What one look at a journal brought, and the way to what the next one brings. Readers stand at a batch and hold those after it, nobody those
/// before: so one copy serves all of them, and what everybody has read is gone.
/// </summary>
internal sealed class LiveBatch(IReadOnlyList<LiveUpdate.Changed> changes, long position, bool isEnd, long totalChanges, long totalBytes)
{
    private readonly TaskCompletionSource<LiveBatch> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LiveUpdate.Changed> Changes => changes;

    /// <summary>The last event that is in it.</summary>
    public long Position => position;

    /// <summary>Whether the execution has ended with it.</summary>
    public bool IsEnd => isEnd;

    /// <summary>With all before it.</summary>
    public long TotalChanges => totalChanges;

    public long TotalBytes => totalBytes;

    public Task<LiveBatch> Next => _next.Task;

    public LiveBatch Append(IReadOnlyList<LiveUpdate.Changed> more, long upTo, bool ends, long bytes)
    {
        var next = new LiveBatch(more, upTo, ends, totalChanges + more.Count, totalBytes + bytes);
        _next.TrySetResult(next);
        return next;
    }

    /// <summary>Nothing will follow: each reader's stream breaks with this.</summary>
    public void Fail(Exception error) => _next.TrySetException(error);
}
