using System.Runtime.CompilerServices;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Reads journals with the tenant's permissions.</summary>
public sealed class ExecutionHistory(TenantDatabase database)
{
    private const int PageSize = 1000;

    /// <summary>Returns all stored events after <paramref name="after"/>, in order.</summary>
    internal async IAsyncEnumerable<JournalEvent> ReadAsync(
        TenantScope scope,
        ExecutionId id,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var page in PagesAsync(scope, id, after, ct))
        {
            foreach (var recorded in page)
            {
                yield return recorded;
            }
        }
    }

    /// <summary>The same in pages, each of at most about a megabyte.</summary>
    internal async IAsyncEnumerable<IReadOnlyList<JournalEvent>> PagesAsync(
        TenantScope scope,
        ExecutionId id,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var part = default(JournalPart);
        while (!part.IsLast)
        {
            part = await PartAsync(scope, id, after, PageSize, ct);
            if (part.Events.Count > 0)
            {
                after = part.Events[^1].Seq;
                yield return part.Events;
            }
        }
    }

    /// <summary>Returns the first event of an execution, which must exist.</summary>
    internal async Task<JournalEvent> FirstAsync(TenantScope scope, ExecutionId id, CancellationToken ct) =>
        (await PartAsync(scope, id, 0, 1, ct)).Events[0];

    private Task<JournalPart> PartAsync(TenantScope scope, ExecutionId id, long after, int max, CancellationToken ct) =>
        database.QueryAsync(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(JournalRows.After, id.Value, after, max);
                return await JournalRows.ReadAfterAsync(command, after, max, cancel);
            },
            ct
        );
}
