using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Many appends as one round trip.</summary>
internal static class AppendBatch
{
    private static readonly Statement AppendStatement = Statement.Load(typeof(AppendBatch), "append");
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
        var arguments = new Arguments(AppendStatement);
        AddExecutions(arguments, appends, now);
        IReadOnlyList<(ExecutionId Execution, Bookmark Bookmark)> opened = [.. appends.SelectMany(a => a.NewBookmarks, (a, b) => (a.Execution, b))];
        AddBookmarks(arguments, opened);
        IReadOnlyList<(ExecutionId Execution, BookmarkId Id)> ended = [.. appends.SelectMany(a => a.EndedBookmarks, (a, b) => (a.Execution, b))];
        arguments.Column("closed_by", ended, x => x.Execution.Value);
        arguments.Column("closed", ended, x => x.Id.Value);
        IReadOnlyList<(ExecutionId Execution, long Number)> consumed = [.. appends.SelectMany(a => a.ConsumedInbox, (a, n) => (a.Execution, n))];
        arguments.Column("consumed_by", consumed, x => x.Execution.Value);
        arguments.Column("consumed", consumed, x => x.Number);
        var command = new NpgsqlBatchCommand(AppendStatement.Text);
        arguments.AddTo(command.Parameters);
        return command;
    }

    private static void AddExecutions(Arguments arguments, IReadOnlyList<JournalAppend> appends, DateTimeOffset now)
    {
        arguments.Column("id", appends, a => a.Execution.Value);
        arguments.Column("fence", appends, a => a.Fence);
        arguments.Column("base_seq", appends, a => a.BaseSeq);
        arguments.Column("events", appends, a => a.Events.Count);
        arguments.Column("status", appends, a => (short)a.Transition.Status());
        arguments.Column("seen_inbox", appends, a => (a.Transition as ExecutionTransition.Park)?.SeenInbox);
        arguments.Column("available_at", appends, a => (a.Transition as ExecutionTransition.Yield)?.AvailableAt);
        arguments.Column("ended", appends, a => a.Transition is ExecutionTransition.End);
        arguments.AddEnds(appends, a => a.Transition as ExecutionTransition.End);
        arguments.Value("now", now);
        arguments.AddPages(appends, a => a.Events);
    }

    private static void AddBookmarks(Arguments arguments, IReadOnlyList<(ExecutionId Execution, Bookmark Bookmark)> bookmarks)
    {
        arguments.Column("opened_by", bookmarks, x => x.Execution.Value);
        arguments.AddBookmarkColumns(bookmarks, x => x.Bookmark);
    }
}
