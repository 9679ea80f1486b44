using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>Decides whether an event is the last one of a journal.</summary>
internal static class JournalEnds
{
    public static bool EndsExecution(this JournalEventKind kind) =>
        kind is JournalEventKind.ExecutionCompleted or JournalEventKind.ExecutionFailed or JournalEventKind.ExecutionCancelled;
}
