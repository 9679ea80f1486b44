using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>A free slot, kept for an execution that is about to be accepted. Run it or dispose of it.</summary>
internal sealed class SlotReservation(ExecutionWorker worker, TenantId tenant) : IDisposable
{
    private ExecutionWorker? _worker = worker;

    /// <summary>
    /// Runs an execution that nobody knows of yet. It is stored by its first write: before its first effect, when it waits, when it ends, or when it
    /// has run for a while. Answers what that write made of it; later writes follow by themselves.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The slot was used or given back.</exception>
    public Task<FirstWrite> RunAsync(NewExecution execution)
    {
        var unused = Interlocked.Exchange(ref _worker, null);
        ObjectDisposedException.ThrowIf(unused is null, this);
        return unused.RunFirst(execution);
    }

    /// <summary>Gives the slot back if it was not used.</summary>
    public void Dispose() => Interlocked.Exchange(ref _worker, null)?.Release(tenant);
}
