using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Reads the log of an execution page by page.</summary>
public sealed class ReadLogs(FindExecutions find, ExecutionHistory history)
{
    // A page can be short or empty, so that one answer never reads a whole journal.
    private const int MostEvents = 10_000;
    private const int MostBytes = 1024 * 1024;

    /// <param name="node">Only this node's lines; null for all.</param>
    public async Task<Result<LogPage>> RunAsync(Caller caller, ExecutionId id, NodeId? node, long after, int max, CancellationToken ct)
    {
        if (await find.SummaryAsync(caller, id, ct) is null)
        {
            return new AutomationError.NotFound("execution");
        }

        var (entries, read, bytes) = (new List<LogEntry>(), 0, 0);
        await foreach (var recorded in history.ReadAsync(caller.Scope(), id, after, ct))
        {
            after = recorded.Seq;
            if ((node is null || recorded.Node == node) && LogEntry.From(recorded) is { } entry)
            {
                entries.Add(entry);
                bytes += entry.Lines.Sum(line => line.Length);
            }

            if (entries.Count >= max || bytes >= MostBytes || ++read >= MostEvents)
            {
                return new LogPage(entries, after, HasMore: true);
            }
        }

        return new LogPage(entries, after, HasMore: false);
    }
}

/// <summary>A page of the log of an execution.</summary>
/// <param name="Last">The number of the last event that was read. The next page begins after it.</param>
/// <param name="HasMore">False if the journal ends here for now.</param>
public sealed record LogPage(IReadOnlyList<LogEntry> Entries, long Last, bool HasMore);
