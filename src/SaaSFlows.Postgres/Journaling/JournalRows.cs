using Npgsql;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Journals as they are stored: a row for each write, with all its events. For readers of other roles too.</summary>
public static class JournalRows
{
    /// <summary>The columns that <see cref="ReadAsync"/> expects, in its order.</summary>
    public const string Columns = "seq, page";

    /// <summary>The rows of the execution $1 that hold the $3 events after the number $2.</summary>
    public const string After = $"""
        select {Columns} from engine.journal
        where execution_id = $1 and seq <= $2 + $3
            and seq >= coalesce((select p.seq from engine.journal p where p.execution_id = $1 and p.seq <= $2 + 1 order by p.seq desc limit 1), 0)
        order by seq
        """;

    /// <summary>Runs <see cref="After"/>: the events after <paramref name="seq"/> in order, at most <paramref name="max"/>.</summary>
    public static async Task<IReadOnlyList<JournalEvent>> ReadAfterAsync(NpgsqlCommand query, long seq, int max, CancellationToken ct)
    {
        var events = await ReadAsync(query, ct);
        var begin = events.FindIndex(recorded => recorded.Seq > seq);
        return begin < 0 ? [] : begin == 0 && events.Count <= max ? events : events.GetRange(begin, Math.Min(max, events.Count - begin));
    }

    /// <summary>Runs a query that selects <see cref="Columns"/>: all events of its rows.</summary>
    public static async Task<List<JournalEvent>> ReadAsync(NpgsqlCommand query, CancellationToken ct)
    {
        var events = new List<JournalEvent>();
        await using var reader = await query.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            JournalPage.Read(reader.GetFieldValue<byte[]>(1), reader.GetInt64(0), events);
        }

        return events;
    }
}
