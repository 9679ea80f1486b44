using System.Globalization;
using Npgsql;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Journals as they are stored: a row for each write, with all its events. For readers of other roles too.</summary>
public static class JournalRows
{
    /// <summary>The columns that <see cref="ReadAsync"/> expects, in its order.</summary>
    public const string Columns = "seq, page";

    /// <summary>
    /// The rows of the execution $1 that hold the $3 events after the number $2. Those after the first <see cref="MostBytes"/> are left out: what
    /// somebody reads of a journal at once takes no more memory than that and one write.
    /// </summary>
    public static readonly string After = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        select {Columns} from (
            select {Columns}, coalesce(sum(octet_length(page)) over (order by seq rows between unbounded preceding and 1 preceding), 0) as before
            from engine.journal
            where execution_id = $1 and seq <= $2 + $3
                and seq >= coalesce((select p.seq from engine.journal p where p.execution_id = $1 and p.seq <= $2 + 1 order by p.seq desc limit 1),
                0)) r
        where before < {MostBytes}
        order by seq
        """
    );

    /// <summary>Bytes of rows after which <see cref="After"/> gives no further one.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>Runs <see cref="After"/>: the events after <paramref name="seq"/> in order, at most <paramref name="max"/>.</summary>
    public static async Task<JournalPart> ReadAfterAsync(NpgsqlCommand query, long seq, int max, CancellationToken ct)
    {
        var (events, bytes) = await ReadRowsAsync(query, ct);
        var begin = events.FindIndex(recorded => recorded.Seq > seq);
        var count = begin < 0 ? 0 : Math.Min(max, events.Count - begin);
        return new(
            count == events.Count ? events : events.GetRange(Math.Max(begin, 0), count),
            IsLast: count == 0 || (count < max && bytes < MostBytes)
        );
    }

    /// <summary>Runs a query that selects <see cref="Columns"/>: all events of its rows.</summary>
    public static async Task<List<JournalEvent>> ReadAsync(NpgsqlCommand query, CancellationToken ct) => (await ReadRowsAsync(query, ct)).Events;

    private static async Task<(List<JournalEvent> Events, long Bytes)> ReadRowsAsync(NpgsqlCommand query, CancellationToken ct)
    {
        var (events, bytes) = (new List<JournalEvent>(), 0L);
        await using var reader = await query.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var page = reader.GetFieldValue<byte[]>(1);
            bytes += page.Length;
            JournalPage.Read(page, reader.GetInt64(0), events);
        }

        return (events, bytes);
    }
}

/// <summary>Some of a journal's events, in order.</summary>
/// <param name="IsLast">Whether the journal had no more when it was read.</param>
public readonly record struct JournalPart(IReadOnlyList<JournalEvent> Events, bool IsLast);
