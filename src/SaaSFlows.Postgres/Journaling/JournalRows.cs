using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Journal events as they are stored. For readers of other roles too.</summary>
public static class JournalRows
{
    /// <summary>The columns that <see cref="ReadAsync"/> expects, in its order.</summary>
    public const string Columns = "seq, kind, node_id, scope, token, attempt, ordinal, at, body";

    /// <summary>Runs a query that selects <see cref="Columns"/>.</summary>
    public static async Task<IReadOnlyList<JournalEvent>> ReadAsync(NpgsqlCommand query, CancellationToken ct)
    {
        var events = new List<JournalEvent>();
        await using var reader = await query.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            events.Add(new(
                reader.GetInt64(0),
                (JournalEventKind)reader.GetInt16(1),
                await reader.IsDBNullAsync(2, ct) ? null : new NodeId(reader.GetString(2)),
                reader.GetString(3),
                reader.GetInt32(4),
                reader.GetInt32(5),
                reader.GetInt32(6),
                reader.GetFieldValue<DateTimeOffset>(7),
                await reader.IsDBNullAsync(8, ct) ? ReadOnlyMemory<byte>.Empty : reader.GetFieldValue<byte[]>(8)));
        }

        return events;
    }
}
