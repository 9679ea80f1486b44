using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>Reads a tenant's log. Singleton.</summary>
public sealed class AuditReader
{
    // Entries of up to 35 KB.
    private const int ExportPage = 200;

    private readonly TenantDatabase _database;

    internal AuditReader(TenantDatabase database) => _database = database;

    /// <summary>Returns a page of entries, the newest first.</summary>
    /// <param name="caller">A caller who may read the log.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="before">The last entry of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="ct">Cancels the reading.</param>
    public Task<IReadOnlyList<AuditRecord>> PageAsync(Caller caller, AuditFilter filter, AuditEntryId? before, int limit, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var read = connection.Command(
                    $"select {AuditRows.Columns} from accounts.audit_page($1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz, "
                        + "$6::text, $7::uuid, $8)",
                    Or(filter.Actor),
                    Or(filter.Action),
                    Or(filter.Target),
                    Or(filter.From),
                    Or(filter.To),
                    Or(filter.Search),
                    Or(before?.Value),
                    limit
                );
                return await read.ListAsync(AuditRows.Read, token);
            },
            ct
        );

    /// <summary>Streams all entries, the newest first, with one page in memory at a time. No transaction stays open between pages.</summary>
    public async IAsyncEnumerable<AuditRecord> AllAsync(
        Caller caller,
        AuditFilter filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct
    )
    {
        IReadOnlyList<AuditRecord> page = [];
        do
        {
            page = await PageAsync(caller, filter, page is [.., var last] ? last.Id : null, ExportPage, ct);
            foreach (var entry in page)
            {
                yield return entry;
            }
        } while (page.Count == ExportPage);
    }

    private static object Or(object? value) => value ?? DBNull.Value;
}

/// <summary>Filters of entries; null matches any.</summary>
/// <param name="Actor">The id of a user or webhook.</param>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Target">The id of what was changed.</param>
/// <param name="From">Not before this.</param>
/// <param name="To">Before this.</param>
/// <param name="Search">Beginnings of words of the actor, the action, the target, the address and the correlation id. All of them must match.</param>
public sealed record AuditFilter(string? Actor, string? Action, string? Target, DateTimeOffset? From, DateTimeOffset? To, string? Search);
