using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>The stored journals. One conformance suite in TestKit holds for every implementation.</summary>
public interface IJournal
{
    /// <summary>
    /// Events after <paramref name="afterSeq"/> in order: at most <paramref name="max"/>, fewer where they are large, none only at the end.
    /// </summary>
    ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct);

    /// <summary>
    /// Writes all of <paramref name="append"/> or nothing of it. Concurrent calls are written together; one refused or broken
    /// row costs its neighbours nothing. Answers after the commit; from then on the bodies of the events may change under whoever still holds them.
    /// </summary>
    ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct);
}
