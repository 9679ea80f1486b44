using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Many appends as one round trip.</summary>
internal static class AppendBatch
{
    private static readonly string AppendSql = SqlText.Load(typeof(AppendBatch), "append");
    private static readonly string ClearInboxSql = SqlText.Load(typeof(AppendBatch), "clear_inbox");

    /// <summary>Answers whom it found under their fence, of those who was written, and whether something follows from an end among them.</summary>
    public static async Task<(Dictionary<ExecutionId, bool> Found, bool HasEndings)> ExecuteAsync(
        ConnectionPool engine,
        IReadOnlyList<JournalAppend> appends,
        DateTimeOffset now
    )
    {
        await using var connection = await engine.OpenConnectionAsync(CancellationToken.None);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Append(appends, now));
        var ending = appends.Where(a => a.Transition is ExecutionTransition.End).Select(a => a.Execution.Value).ToArray();
        if (ending.Length > 0)
        {
            var clear = new NpgsqlBatchCommand(ClearInboxSql);
            clear.Parameters.AddValue(ending);
            batch.BatchCommands.Add(clear);
        }

        // Costs a round trip once for each connection, and spares parsing and planning from then on.
        await batch.PrepareAsync(CancellationToken.None);
        var (found, hasEndings) = (new Dictionary<ExecutionId, bool>(), false);
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            found.Add(new(reader.GetGuid(0)), reader.GetBoolean(1));
            hasEndings |= reader.GetBoolean(2);
        }

        // Also throws what broke in the second command.
        await reader.CloseAsync();
        return (found, hasEndings);
    }

    private static NpgsqlBatchCommand Append(IReadOnlyList<JournalAppend> appends, DateTimeOffset now)
    {
        var command = new NpgsqlBatchCommand(AppendSql);
        var parameters = command.Parameters;
        AddExecutions(parameters, appends, now);
        IReadOnlyList<(ExecutionId Execution, Bookmark Bookmark)> opened = [.. appends.SelectMany(a => a.NewBookmarks, (a, b) => (a.Execution, b))];
        AddBookmarks(parameters, opened);
        IReadOnlyList<(ExecutionId Execution, BookmarkId Id)> ended = [.. appends.SelectMany(a => a.EndedBookmarks, (a, b) => (a.Execution, b))];
        parameters.AddColumn(ended, x => x.Execution.Value);
        parameters.AddColumn(ended, x => x.Id.Value);
        IReadOnlyList<(ExecutionId Execution, long Number)> consumed = [.. appends.SelectMany(a => a.ConsumedInbox, (a, n) => (a.Execution, n))];
        parameters.AddColumn(consumed, x => x.Execution.Value);
        parameters.AddColumn(consumed, x => x.Number);
        parameters.AddColumn(opened, x => x.Bookmark.Data.ToColumn());
        return command;
    }

    private static void AddExecutions(NpgsqlParameterCollection parameters, IReadOnlyList<JournalAppend> appends, DateTimeOffset now)
    {
        parameters.AddColumn(appends, a => a.Execution.Value);
        parameters.AddColumn(appends, a => a.Fence);
        parameters.AddColumn(appends, a => a.BaseSeq);
        parameters.AddColumn(appends, a => a.Events.Count);
        parameters.AddColumn(appends, a => (short)a.Transition.Status());
        parameters.AddColumn(appends, a => (a.Transition as ExecutionTransition.Park)?.SeenInbox);
        parameters.AddColumn(appends, a => (a.Transition as ExecutionTransition.Yield)?.AvailableAt);
        parameters.AddColumn(appends, a => a.Transition is ExecutionTransition.End);
        parameters.AddEnds(appends, a => a.Transition as ExecutionTransition.End);
        parameters.AddValue(now);
        parameters.AddPages(appends, a => a.Events);
    }

    private static void AddBookmarks(NpgsqlParameterCollection parameters, IReadOnlyList<(ExecutionId Execution, Bookmark Bookmark)> bookmarks)
    {
        parameters.AddColumn(bookmarks, x => x.Execution.Value);
        parameters.AddBookmarkColumns(bookmarks, x => x.Bookmark);
    }
}
