using System.Runtime.CompilerServices;
using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>
/// Reads what is new in many journals at once, over all tenants: as the engine's role, which no policy stops. So whoever asks has made sure before
/// that each journal may be read, and names its tenant: of another tenant's execution nothing is read.
/// </summary>
public sealed class JournalTail
{
    /// <summary>Journals of one query.</summary>
    public const int MostJournals = 500;

    /// <summary>Writes of one journal in one query; a journal that has more is asked for again.</summary>
    public const int MostWrites = 4;

    // A position is always the end of a write. Each journal is one look at the primary key, in the execution's own partition.
    internal const string Query = """
        select w.place, j.seq, j.page
        from unnest($1::uuid[], $2::uuid[], $3::bigint[]) with ordinality as w (tenant_id, execution_id, seq, place)
            cross join lateral (
                select seq, page from engine.journal
                where execution_id = w.execution_id and tenant_id = w.tenant_id and seq > w.seq
                order by seq limit $4) j
        order by w.place, j.seq
        """;

    private readonly PostgresPools _pools;

    internal JournalTail(PostgresPools pools) => _pools = pools;

    /// <summary>
    /// The events of each write after the positions, in the order of the positions and of the writes: in one query. Read to the end, it holds one
    /// write at a time.
    /// </summary>
    /// <param name="positions">At most <see cref="MostJournals"/>; an execution once.</param>
    public async IAsyncEnumerable<TailedWrite> ReadAsync(IReadOnlyList<TailPosition> positions, [EnumeratorCancellation] CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions.Count, MostJournals);
        await using var connection = await _pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(Query, connection);
        command.Parameters.AddColumn(positions, position => position.Tenant.Value);
        command.Parameters.AddColumn(positions, position => position.Execution.Value);
        command.Parameters.AddColumn(positions, position => position.Seq);
        command.Parameters.AddValue(MostWrites);
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var events = new List<JournalEvent>();
            JournalPage.Read(reader.GetFieldValue<byte[]>(2), reader.GetInt64(1), events);
            yield return new((int)reader.GetInt64(0) - 1, events);
        }
    }
}

/// <summary>How far a journal was read.</summary>
/// <param name="Seq">The number of its last event that is known; 0 for none.</param>
public readonly record struct TailPosition(TenantId Tenant, ExecutionId Execution, long Seq);

/// <summary>A write to a journal.</summary>
/// <param name="Place">Index of the journal in the question.</param>
public readonly record struct TailedWrite(int Place, IReadOnlyList<JournalEvent> Events);
