using Npgsql;
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

    public static void AddEnds<TRow>(this NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows, Func<TRow, ExecutionTransition.End?> end)
    {
        parameters.AddColumn(rows, r => end(r)?.Output.ToColumn());
        parameters.AddColumn(rows, r => end(r)?.ErrorCode);
        // A message may quote what a tenant wrote. Text can't hold U+0000, and an end that can't be stored would be tried for ever.
        parameters.AddColumn(rows, r => end(r)?.ErrorMessage?.Replace('\0', '\uFFFD'));
        parameters.AddColumn(rows, r => end(r)?.ErrorNode?.Value);
        parameters.AddColumn(rows, r => end(r)?.NodesExecuted ?? 0);
    }

    /// <summary>Whether a failure is among each row's events, and the page that holds them.</summary>
    public static void AddPages<TRow>(
        this NpgsqlParameterCollection parameters,
        IReadOnlyList<TRow> rows,
        Func<TRow, IReadOnlyList<JournalEvent>> events
    )
    {
        IReadOnlyList<JournalEvent>[] each = [.. rows.Select(events)];
        parameters.AddColumn(each, JournalPage.HasFailure);
        parameters.AddColumn(each, JournalPage.Write);
    }

    public static void AddBookmarkColumns<TRow>(this NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows, Func<TRow, Bookmark> bookmark)
    {
        parameters.AddColumn(rows, r => bookmark(r).Id.Value);
        parameters.AddColumn(rows, r => bookmark(r).Node.Value);
        parameters.AddColumn(rows, r => bookmark(r).Kind);
        parameters.AddColumn(rows, r => bookmark(r).Key);
        parameters.AddColumn(rows, r => bookmark(r).Due);
    }
}
