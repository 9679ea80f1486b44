using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>
/// What one reader knows of an execution, from its stored journal. Dispose of it when that is left to the tail, or nobody needs it.
/// </summary>
internal sealed class StoredChanges(
    ExecutionHistory history,
    Caller caller,
    ExecutionId id,
    CompiledGraph graph,
    HeldBytes.Share held,
    TimeSpan longest,
    TimeProvider time
) : IDisposable
{
    private readonly long _begun = time.GetTimestamp();

    public ExecutionProjection Projection { get; } = new(graph);

    public HeldBytes.Share Held => held;

    /// <summary>The last event that was read.</summary>
    public long Seen { get; private set; }

    /// <summary>Nothing follows for this reader: the execution has ended, or the reader was sent away.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the events changed that are stored now and were not read yet, as far as they come after <paramref name="after"/>.</summary>
    public async IAsyncEnumerable<LiveUpdate> ReadAsync(long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var page in history.PagesAsync(caller.Scope(), id, Seen, ct))
        {
            foreach (var recorded in page)
            {
                var changes = Projection.Apply(recorded);
                (Seen, IsOver) = (recorded.Seq, IsOver || recorded.Kind.EndsExecution());
                for (var index = 0; Seen > after && index < changes.Count; index++)
                {
                    // Only the last change of an event may be resumed after: a reader cut off between two gets both again.
                    yield return new LiveUpdate.Changed(changes[index], IsLastOfEvent: index == changes.Count - 1);
                }

                // Not before it was told something: else one with a long journal would never get on.
                if (!IsOver && Seen > after && time.GetElapsedTime(_begun) > longest)
                {
                    IsOver = true;
                    yield return new LiveUpdate.FellBehind(Seen);
                    yield break;
                }
            }

            if (!IsOver && !held.TrySet(Projection.HeldBytes()))
            {
                IsOver = true;
                yield return new LiveUpdate.NoRoom(Math.Max(Seen, after));
                yield break;
            }
        }
    }

    public void Dispose() => held.Dispose();
}
