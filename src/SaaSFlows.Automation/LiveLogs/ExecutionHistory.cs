using Npgsql;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Reads journals as the tenant sees them.</summary>
public sealed class ExecutionHistory(TenantDatabase database)
{
    private const int PageSize = 1000;

    /// <summary>All events after <paramref name="after"/> that are stored now, in order.</summary>
    internal async IAsyncEnumerable<JournalEvent> ReadAsync(
        TenantScope scope, ExecutionId id, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var page = await PageAsync(scope, id, after, PageSize, ct);
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

    /// <summary>The event that an execution, which must exist, began with.</summary>
    internal async Task<JournalEvent> FirstAsync(TenantScope scope, ExecutionId id, CancellationToken ct) => (await PageAsync(scope, id, 0, 1, ct))[0];

    private Task<IReadOnlyList<JournalEvent>> PageAsync(TenantScope scope, ExecutionId id, long after, int max, CancellationToken ct) =>
        database.QueryAsync(scope, async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(JournalRows.After, connection);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = max });
            return await JournalRows.ReadAfterAsync(command, after, max, cancel);
        }, ct);
}
