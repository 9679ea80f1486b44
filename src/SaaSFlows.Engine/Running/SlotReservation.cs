using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>A free slot, kept for an execution that is about to be accepted. Run it or dispose of it.</summary>
public sealed class SlotReservation : IDisposable
{
    private readonly TenantId _tenant;
    private ExecutionWorker? _worker;

    internal SlotReservation(ExecutionWorker worker, TenantId tenant) => (_worker, _tenant) = (worker, tenant);

    /// <summary>
    /// Runs an execution that nobody knows of yet. It is stored by its first write: before its first effect, when it waits, when it ends, or when it
    /// has run for a while. Answers what that write made of it, null if it was refused; later writes follow by themselves.
    /// </summary>
    /// <param name="claimed">The claim that the acceptance will make: fence and head 1.</param>
    /// <param name="started">Event 1.</param>
    /// <param name="accept">Stores the acceptance together with what ran, under the worker's lease; false if it is refused. Called once.</param>
    /// <exception cref="ObjectDisposedException">The slot was used or given back.</exception>
    public Task<ExecutionTransition?> RunAsync(ClaimedExecution claimed, JournalEvent started, Func<JournalAppend, Task<bool>> accept)
    {
        var worker = Interlocked.Exchange(ref _worker, null);
        ObjectDisposedException.ThrowIf(worker is null, this);
        return worker.RunFirst(claimed, started, accept);
    }

    /// <summary>Gives the slot back if it was not used.</summary>
    public void Dispose() => Interlocked.Exchange(ref _worker, null)?.Release(_tenant);
}
