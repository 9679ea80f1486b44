using System.Text.Json;
using Npgsql;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Delivers stimuli to waiting executions in transactions of the tenant.</summary>
internal sealed class OpenWaits(TenantDatabase database, JournalFeed feed, ExecutionWorker worker, TimeProvider time)
{
    private const int PageSize = 200;

    private const string PageSql = """
        select b.execution_id, b.id, b.data from engine.bookmarks b
        where b.tenant_id = tenancy.tenant() and b.kind = $1 and b.key = $2 and b.created_at <= $3
            and not b.fired and (b.execution_id, b.id) > ($4, $5)
        order by b.execution_id, b.id limit $6
        """;

    /// <summary>Delivers a stimulus once to every open bookmark in the scope that has the kind and the key and accepts it.</summary>
    /// <param name="openedUntil">Bookmarks that were opened later do not receive the stimulus.</param>
    /// <param name="stimulus">Makes the stimulus from the bookmark's data (undefined for none). Returns null if the bookmark does not accept
    /// it.</param>
    /// <returns>The executions that got it.</returns>
    public async Task<IReadOnlyList<ExecutionId>> ResumeAsync(
        TenantScope scope,
        (string Kind, string Key) wanted,
        DateTimeOffset openedUntil,
        Func<JsonElement, byte[]?> stimulus,
        CancellationToken ct
    )
    {
        var resumed = new List<ExecutionId>();
        var last = (Execution: Guid.Empty, Bookmark: Guid.Empty);
        while (true)
        {
            // A transaction for each page, so that executions are not locked for long.
            var (found, got) = await database.QueryAsync(
                scope,
                async (connection, cancel) =>
                {
                    var page = await PageAsync(connection, wanted, openedUntil, last, cancel);
                    var got = new List<ExecutionId>();
                    foreach (var (execution, bookmark, data) in page)
                    {
                        var demands = data is null ? default : JsonElement.Parse(data);
                        if (
                            stimulus(demands) is { } fact
                            && await DeliverAsync(connection, new(execution), new(bookmark), awaited: true, fact, cancel)
                        )
                        {
                            got.Add(new(execution));
                        }
                    }

                    return (page, got);
                },
                ct
            );
            Wake(got);
            resumed.AddRange(got);
            if (found.Count < PageSize)
            {
                return resumed;
            }

            last = (found[^1].Execution, found[^1].Bookmark);
        }
    }

    /// <summary>
    /// Delivers a fact to one bookmark inside the caller's transaction. Returns false if the bookmark or its execution has ended. Call
    /// <see cref="Wake"/> after the commit.
    /// </summary>
    /// <param name="awaited">False if the bookmark may be opened after the fact.</param>
    public async Task<bool> DeliverAsync(
        NpgsqlConnection connection,
        ExecutionId execution,
        BookmarkId bookmark,
        bool awaited,
        byte[] fact,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(
            "select engine.deliver($1, $2, $3, $4, $5)",
            execution.Value,
            bookmark.Value,
            awaited,
            fact,
            time.GetUtcNow()
        );
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Signals that there are new facts for these executions.</summary>
    public void Wake(IReadOnlyList<ExecutionId> executions)
    {
        foreach (var execution in executions)
        {
            worker.FactsArrived(execution);
        }

        if (executions.Count > 0)
        {
            feed.Publish(FeedTopic.Queue);
        }
    }

    private static async Task<List<(Guid Execution, Guid Bookmark, byte[]? Data)>> PageAsync(
        NpgsqlConnection connection,
        (string Kind, string Key) wanted,
        DateTimeOffset openedUntil,
        (Guid Execution, Guid Bookmark) after,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(PageSql, wanted.Kind, wanted.Key, openedUntil, after.Execution, after.Bookmark, PageSize);
        var page = new List<(Guid, Guid, byte[]?)>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            page.Add((reader.GetGuid(0), reader.GetGuid(1), await reader.IsDBNullAsync(2, ct) ? null : reader.GetFieldValue<byte[]>(2)));
        }

        return page;
    }
}
