using System.Diagnostics.CodeAnalysis;
using Npgsql;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>The queue in PostgreSQL.</summary>
/// <param name="lane">Where a claim begins to look; anywhere if it is not given.</param>
internal sealed class PostgresQueue(PostgresPools pools, TimeProvider clock, Func<int>? lane = null) : IExecutionQueue
{
    private const string InboxSql = "select number, kind, bookmark_id, at, body from engine.inbox where execution_id = $1 order by number";

    // A lease is written again only after this part of it is used up: asking for news every second costs no writes.
    private const double RenewAfter = 1.0 / 3;

    private readonly Func<int> _lane = lane ?? (() => (int)Random.Shared.NextInt64(int.MinValue, (long)int.MaxValue + 1));

    private static readonly string ClaimSql = SqlText.Load(typeof(PostgresQueue), "claim");
    private static readonly string RenewSql = SqlText.Load(typeof(PostgresQueue), "renew");

    public async ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
        WorkerId worker,
        int max,
        TimeSpan lease,
        IReadOnlyList<TenantId> full,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(ClaimSql, connection);
        command.Parameters.AddValue(now);
        command.Parameters.AddValue(worker.Value);
        command.Parameters.AddValue(max);
        command.Parameters.AddValue(now + lease);
        command.Parameters.AddValue(_lane());
        command.Parameters.AddColumn(full, tenant => tenant.Value);

        var claimed = new List<ClaimedExecution>();
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var execution = new ExecutionRef(
                new(reader.GetGuid(0)),
                new(reader.GetGuid(1)),
                new(reader.GetInt64(2)),
                new(reader.GetInt64(3)),
                new(reader.GetGuid(4))
            );
            var known = await reader.IsDBNullAsync(9, ct) ? [] : FirstEvents(reader.GetFieldValue<byte[]>(9));
            claimed.Add(new(execution, new(reader.GetGuid(5)), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)) { Known = known });
        }

        return claimed;
    }

    // One that can't be read is its own execution's fault, found by its runner, and not that of the others in the claim.
    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with it.")]
    private static List<JournalEvent> FirstEvents(byte[] page)
    {
        try
        {
            var known = new List<JournalEvent>();
            JournalPage.Read(page, 1, known);
            return known;
        }
        catch (Exception)
        {
            return [];
        }
    }

    public async ValueTask<LeaseReport> RenewAsync(WorkerId worker, IReadOnlyList<HeldLease> held, TimeSpan lease, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(RenewSql, connection);
        command.Parameters.AddColumn(held, h => h.Execution.Value);
        command.Parameters.AddColumn(held, h => h.Fence);
        command.Parameters.AddValue(worker.Value);
        command.Parameters.AddValue(now + lease);
        command.Parameters.AddValue(now + (lease * (1 - RenewAfter)));

        var inbox = new Dictionary<ExecutionId, long>();
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            inbox.Add(new(reader.GetGuid(0)), reader.GetInt64(1));
        }

        return new(
            [.. held.Where(h => !inbox.ContainsKey(h.Execution)).Select(h => h.Execution)],
            [.. held.Where(h => inbox.TryGetValue(h.Execution, out var number) && number > h.SeenInbox).Select(h => h.Execution)]
        );
    }

    public async ValueTask<IReadOnlyList<InboxFact>> ReadInboxAsync(ExecutionId execution, CancellationToken ct)
    {
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(InboxSql, connection);
        command.Parameters.AddValue(execution.Value);
        var facts = new List<InboxFact>();
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            facts.Add(
                new(
                    reader.GetInt64(0),
                    (InboxFactKind)reader.GetInt16(1),
                    await reader.IsDBNullAsync(2, ct) ? null : new BookmarkId(reader.GetGuid(2)),
                    reader.GetFieldValue<DateTimeOffset>(3),
                    await reader.IsDBNullAsync(4, ct) ? ReadOnlyMemory<byte>.Empty : reader.GetFieldValue<byte[]>(4)
                )
            );
        }

        return facts;
    }
}
