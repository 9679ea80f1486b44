using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Reads journals as the tenant sees them.</summary>
public sealed class ExecutionHistory(TenantDatabase database)
{
    private const int PageSize = 1000;

    private const string Sql = """
        select seq, kind, node_id, scope, token, attempt, ordinal, at, body from engine.journal
        where execution_id = $1 and seq > $2 order by seq limit $3
        """;

    /// <summary>All events after <paramref name="after"/> that are stored now, in order.</summary>
    internal async IAsyncEnumerable<JournalEvent> ReadAsync(
        TenantScope scope, ExecutionId id, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var page = await PageAsync(scope, id, after, ct);
            foreach (var recorded in page)
            {
                after = recorded.Seq;
                yield return recorded;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }
        }
    }

    private Task<List<JournalEvent>> PageAsync(TenantScope scope, ExecutionId id, long after, CancellationToken ct) =>
        database.QueryAsync(scope, async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(Sql, connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PageSize });
            var page = new List<JournalEvent>();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                page.Add(new JournalEvent(
                    reader.GetInt64(0),
                    (JournalEventKind)reader.GetInt16(1),
                    reader.IsDBNull(2) ? null : new NodeId(reader.GetString(2)),
                    reader.GetString(3),
                    reader.GetInt32(4),
                    reader.GetInt32(5),
                    reader.GetInt32(6),
                    reader.GetFieldValue<DateTimeOffset>(7),
                    reader.IsDBNull(8) ? default(ReadOnlyMemory<byte>) : reader.GetFieldValue<byte[]>(8)));
            }

            return page;
        }, ct);
}
