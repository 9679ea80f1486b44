namespace SaaSFlows.Api.Streams;

/// <summary>
/// Waits for readers of streams, but not for ever: who takes nothing for so long is cut off. Until then no more than Kestrel's buffer (64 KiB) waits
/// for them.
/// </summary>
internal static class SlowReaders
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <exception cref="TimeoutException">The reader took nothing.</exception>
    public static Task WithPatienceAsync(this Task write, TimeProvider time) =>
        write.IsCompleted ? write : write.WaitAsync(Patience, time, CancellationToken.None);
}
