using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>What the statements that accept and those that append have in common.</summary>
internal static class AppendColumns
{
    /// <summary>What the execution's row says after it.</summary>
    public static ExecutionStatus Status(this ExecutionTransition transition) =>
        transition switch
        {
            ExecutionTransition.End end => end.Status,
            ExecutionTransition.Park => ExecutionStatus.Waiting,
            ExecutionTransition.Yield => ExecutionStatus.Queued,
            _ => ExecutionStatus.Running,
        };

    public static void AddEnds<TRow>(this Arguments arguments, IReadOnlyList<TRow> rows, Func<TRow, ExecutionTransition.End?> end)
    {
        arguments.Column("output", rows, r => end(r)?.Output.ToColumn());
        arguments.Column("error_code", rows, r => end(r)?.ErrorCode);
        // A message may quote what a tenant wrote. Text can't hold U+0000, and an end that can't be stored would be tried for ever.
        arguments.Column("error_message", rows, r => end(r)?.ErrorMessage?.Replace('\0', '\uFFFD'));
        arguments.Column("error_node", rows, r => end(r)?.ErrorNode?.Value);
        arguments.Column("nodes_executed", rows, r => end(r)?.NodesExecuted ?? 0);
    }

    /// <summary>Whether a failure is among each row's events, and the page that holds them.</summary>
    public static void AddPages<TRow>(this Arguments arguments, IReadOnlyList<TRow> rows, Func<TRow, IReadOnlyList<JournalEvent>> events)
    {
        IReadOnlyList<JournalEvent>[] each = [.. rows.Select(events)];
        arguments.Column("failures", each, JournalPage.HasFailure);
        arguments.Column("page", each, JournalPage.Write);
    }

    public static void AddBookmarkColumns<TRow>(this Arguments arguments, IReadOnlyList<TRow> rows, Func<TRow, Bookmark> bookmark)
    {
        arguments.Column("bookmark", rows, r => bookmark(r).Id.Value);
        arguments.Column("bookmark_node", rows, r => bookmark(r).Node.Value);
        arguments.Column("bookmark_kind", rows, r => bookmark(r).Kind);
        arguments.Column("bookmark_key", rows, r => bookmark(r).Key);
        arguments.Column("bookmark_due", rows, r => bookmark(r).Due);
        arguments.Column("bookmark_data", rows, r => bookmark(r).Data.ToColumn());
    }
}
