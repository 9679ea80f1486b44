using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Reads where executions stand: for all that are waited for at the same time with one statement on one connection.</summary>
public sealed class ExecutionEnds : IAsyncDisposable
{
    private const string Sql = """
        select w.position, e.status, case when e.status >= $3 then e.output end
        from unnest($1::uuid[], $2::uuid[]) with ordinality as w(tenant_id, id, position)
        join engine.executions e on e.id = w.id and e.tenant_id = w.tenant_id
        """;

    private readonly ConnectionPool _engine;
    private readonly GroupWriter<(TenantId Tenant, ExecutionId Execution), ExecutionEnd> _reads;

    internal ExecutionEnds(PostgresPools pools) => (_engine, _reads) = (pools.Engine, new(ReadAsync, key: null, writers: 1));

    /// <summary>An execution of this tenant that is there, or was: history may be as short as to be over.</summary>
    public Task<ExecutionEnd> ReadAsync(TenantId tenant, ExecutionId execution, CancellationToken ct) => _reads.WriteAsync((tenant, execution), ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reads.DisposeAsync();

    private async Task<IReadOnlyList<ExecutionEnd>> ReadAsync(IReadOnlyList<(TenantId Tenant, ExecutionId Execution)> all)
    {
        var ends = new ExecutionEnd[all.Count];
        Array.Fill(ends, new(ExecutionStatus.Cancelled, default));
        await using var connection = await _engine.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new() { Value = all.Select(one => one.Tenant.Value).ToArray() });
        command.Parameters.Add(new() { Value = all.Select(one => one.Execution.Value).ToArray() });
        command.Parameters.Add(new() { Value = (short)ExecutionStatus.Completed });
        await command.PrepareAsync(CancellationToken.None);
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            ends[reader.GetInt64(0) - 1] = new((ExecutionStatus)reader.GetInt16(1), reader.IsDBNull(2) ? default : reader.GetFieldValue<byte[]>(2));
        }

        return ends;
    }
}
