using System.Runtime.CompilerServices;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>
/// The state of an execution that one reader has computed from the stored journal. Dispose it when it is handed to the tail or no longer needed.
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

    /// <summary>The number of the last event that was read.</summary>
    public long Seen { get; private set; }

    /// <summary>Whether nothing follows: the execution has ended, or the reader was disconnected.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Streams the changes by stored events that were not read yet and come after <paramref name="after"/>.</summary>
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
                    // A reader can resume only after the last change of an event. A reader that was cut off before gets all its changes again.
                    yield return new LiveUpdate.Changed(changes[index], IsLastOfEvent: index == changes.Count - 1);
                }

                // Not before the reader got something. Otherwise a reader of a long journal would make no progress.
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
