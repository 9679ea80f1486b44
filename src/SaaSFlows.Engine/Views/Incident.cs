using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Views;

/// <summary>Something that went wrong in an execution, as its journal has it.</summary>
/// <param name="Node">Null if no node is to blame.</param>
/// <param name="Attempt">Which try of the node run it was; 0 where no node is to blame.</param>
/// <param name="RetryAt">When the next try was due; null if none followed.</param>
public sealed record Incident(
    long Seq,
    NodeId? Node,
    string Scope,
    string Code,
    string Message,
    int Attempt,
    DateTimeOffset At,
    IncidentOutcome Outcome,
    DateTimeOffset? RetryAt
)
{
    /// <summary>Kinds of events that <see cref="From"/> may read one from.</summary>
    public static IReadOnlyList<JournalEventKind> Kinds { get; } = [JournalEventKind.NodeFailed, JournalEventKind.ExecutionFailed];

    /// <summary>Null for an event that is none, also for the execution's failure that follows a node's.</summary>
    public static Incident? From(JournalEvent recorded) =>
        !Kinds.Contains(recorded.Kind)
            ? null
            : EventBodyReader.Read(recorded).Body switch
            {
                EventBody.Failed body => new(
                    recorded.Seq,
                    recorded.Node,
                    recorded.Scope,
                    Text(body.Error, "code"),
                    Text(body.Error, "message"),
                    recorded.Attempt,
                    recorded.At,
                    Of(body.Next),
                    body.RetryAt
                ),
                EventBody.ExecutionFailed { Node: null } body => new(
                    recorded.Seq,
                    null,
                    recorded.Scope,
                    body.Code,
                    body.Message,
                    0,
                    recorded.At,
                    IncidentOutcome.Failed,
                    null
                ),
                _ => null,
            };

    private static string Text(JsonElement error, string name) => error.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static IncidentOutcome Of(AfterFailure next) =>
        next switch
        {
            AfterFailure.Retry => IncidentOutcome.Retried,
            AfterFailure.ErrorPort => IncidentOutcome.Handled,
            AfterFailure.Continue => IncidentOutcome.Ignored,
            AfterFailure.Fail => IncidentOutcome.Failed,
        };
}

/// <summary>What followed from an incident.</summary>
public enum IncidentOutcome
{
    /// <summary>Another try.</summary>
    Retried,

    /// <summary>The error port.</summary>
    Handled,

    /// <summary>The execution went on as if nothing had happened.</summary>
    Ignored,

    /// <summary>The execution failed.</summary>
    Failed,
}
