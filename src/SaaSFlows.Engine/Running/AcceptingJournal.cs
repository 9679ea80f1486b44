using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// The journal of an execution that runs before it is accepted: its first write accepts it. What ran until then had no effect, so a refusal
/// or a crash leaves nothing behind.
/// </summary>
internal sealed class AcceptingJournal(NewExecution execution, IAcceptance acceptance, RunnerContext context) : IJournal
{
    private readonly TaskCompletionSource<FirstWrite> _first = new();

    public bool IsAccepted { get; private set; }

    /// <summary>What the first write made of the execution.</summary>
    public Task<FirstWrite> First => _first.Task;

    public ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId id, long afterSeq, int max, CancellationToken ct) =>
        context.Journal.ReadAsync(id, afterSeq, max, ct);

    public ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct) =>
        IsAccepted ? context.Journal.AppendAsync(append, ct) : new(AcceptAsync(append));

    /// <summary>The runner is gone: nobody shall wait for a first write that does not come.</summary>
    public void Close(Exception? error) =>
        _first.TrySetException(error ?? new InvalidOperationException("The execution was left before its first write."));

    private async Task<AppendVerdict> AcceptAsync(JournalAppend append)
    {
        // A caller who hangs up now must not leave an accepted execution waiting for the end of its lease.
        var verdict = await acceptance.AcceptAsync(execution with { Ran = append }, CancellationToken.None);
        if (verdict is AcceptVerdict.Accepted)
        {
            context.Probe.Reached(CrashPoint.AfterAccept);
            IsAccepted = true;
        }

        _first.TrySetResult(new(verdict, IsAccepted ? append.Transition : null));
        return IsAccepted ? AppendVerdict.Written : AppendVerdict.LostLease;
    }
}
