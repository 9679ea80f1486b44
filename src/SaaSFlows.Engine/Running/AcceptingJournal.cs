using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// The journal of an execution that runs before it is accepted: its first write accepts it. What ran until then had no effect, so a refusal
/// or a crash leaves nothing behind.
/// </summary>
internal sealed class AcceptingJournal(IJournal journal, Func<JournalAppend, Task<bool>> accept) : IJournal
{
    private readonly TaskCompletionSource<ExecutionTransition?> _first = new();

    public bool IsAccepted { get; private set; }

    /// <summary>What the first write made of the execution; null if it was refused.</summary>
    public Task<ExecutionTransition?> First => _first.Task;

    public ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct) =>
        journal.ReadAsync(execution, afterSeq, max, ct);

    public ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct) =>
        IsAccepted ? journal.AppendAsync(append, ct) : new(AcceptAsync(append));

    /// <summary>The runner is gone: nobody shall wait for a first write that does not come.</summary>
    public void Close(Exception? error) =>
        _first.TrySetException(error ?? new InvalidOperationException("The execution was left before its first write."));

    private async Task<AppendVerdict> AcceptAsync(JournalAppend append)
    {
        IsAccepted = await accept(append);
        _first.TrySetResult(IsAccepted ? append.Transition : null);
        return IsAccepted ? AppendVerdict.Written : AppendVerdict.LostLease;
    }
}
