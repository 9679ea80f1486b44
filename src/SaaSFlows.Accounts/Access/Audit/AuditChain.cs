using System.Data;
using Npgsql;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>Recomputes a tenant's chain. Singleton.</summary>
public sealed class AuditChain
{
    private const int PageSize = 1_000;
    private const int MostNamed = 100;

    private readonly TenantDatabase _database;

    internal AuditChain(TenantDatabase database) => _database = database;

    /// <summary>Checks the whole chain, with one entry in memory at a time. Entries that are sealed in the meantime are ignored.</summary>
    /// <param name="caller">A caller who may read the log.</param>
    /// <param name="witness">A stored end of the chain; null for none.</param>
    /// <param name="ct">Cancels the reading.</param>
    public async Task<AuditVerdict> VerifyAsync(Caller caller, AuditSeal? witness, CancellationToken ct)
    {
        var scope = caller.Scope();
        var head = await _database.QueryAsync(scope, (connection, token) => HeadAsync(connection, caller.TenantId, token), ct);
        var walk = new Walk(caller.TenantId, witness?.Number);
        while (walk.Break is null && walk.Number < head.Number)
        {
            var from = walk.Number;
            await _database.QueryAsync(scope, (connection, token) => PageAsync(connection, walk, head.Number, token), ct);
            if (walk.Break is null && walk.Number == from)
            {
                walk.Break = new(from + 1, AuditBreakKind.Missing);
            }
        }

        if (walk.Break is null && !walk.Hash.AsSpan().SequenceEqual(head.Hash.Span))
        {
            walk.Break = new(head.Number, AuditBreakKind.Changed);
        }

        var (stray, tail) = await _database.QueryAsync(scope, (connection, token) => TailAsync(connection, caller.TenantId, token), ct);
        var found = walk.Break ?? (stray is { } number ? new(number, AuditBreakKind.Unexpected) : null);
        bool? confirmed = witness is null ? null : walk.HashAtWitness is { } kept && kept.AsSpan().SequenceEqual(witness.Hash.Span);
        return new(head, found, tail, confirmed);
    }

    private static async Task<AuditSeal> HeadAsync(NpgsqlConnection connection, TenantId tenant, CancellationToken ct)
    {
        await using var read = connection.Command("select number, hash from accounts.audit_heads where tenant_id = $1", tenant.Value);
        return await read.ListAsync(row => new AuditSeal(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), ct) is [var head]
            ? head
            : new(0, AuditRows.Genesis);
    }

    private static async Task<bool> PageAsync(NpgsqlConnection connection, Walk walk, long last, CancellationToken ct)
    {
        await using var page = connection.Command(
            $"select {AuditRows.Columns} from accounts.audit_entries where tenant_id = $1 and number > $2 and number <= $3 order by number limit "
                + $"{PageSize}",
            walk.Tenant.Value,
            walk.Number,
            last
        );
        await using var reader = await page.ExecuteReaderAsync(CommandBehavior.SingleResult, ct);
        while (walk.Break is null && await reader.ReadAsync(ct))
        {
            walk.Step(AuditRows.Read(reader));
        }

        return true;
    }

    // One statement, so that entries sealed in the meantime are in both results or in neither.
    private static async Task<(long? Stray, AuditTail Tail)> TailAsync(NpgsqlConnection connection, TenantId tenant, CancellationToken ct)
    {
        await using var stray = connection.Command(
            """
            select min(number) from accounts.audit_entries
            where tenant_id = $1 and number > coalesce((select number from accounts.audit_heads where tenant_id = $1), 0)
            """,
            tenant.Value
        );
        var number = await stray.ExecuteScalarAsync(ct) as long?;
        await using var count = connection.Command(
            "select count(*) from accounts.audit_entries where tenant_id = $1 and number is null",
            tenant.Value
        );
        var length = (long)(await count.ExecuteScalarAsync(ct))!;
        await using var list = connection.Command(
            $"select {AuditRows.Columns} from accounts.audit_entries where tenant_id = $1 and number is null order by id limit {MostNamed}",
            tenant.Value
        );
        return (number, new(length, await list.ListAsync(AuditRows.Read, ct)));
    }

    /// <summary>The progress of the check.</summary>
    private sealed class Walk(TenantId tenant, long? witness)
    {
        public TenantId Tenant { get; } = tenant;

        public long Number { get; private set; }

        public byte[] Hash { get; private set; } = AuditRows.Genesis;

        public byte[]? HashAtWitness { get; private set; }

        public AuditBreak? Break { get; set; }

        public void Step(AuditRecord entry)
        {
            if (entry.Number != Number + 1)
            {
                Break = new(Number + 1, AuditBreakKind.Missing);
                return;
            }

            var computed = AuditRows.HashOf(Tenant, entry, Hash);
            if (!computed.AsSpan().SequenceEqual(entry.Hash!.Value.Span))
            {
                Break = new(entry.Number.Value, AuditBreakKind.Changed);
                return;
            }

            (Number, Hash) = (entry.Number.Value, computed);
            HashAtWitness = Number == witness ? computed : HashAtWitness;
        }
    }
}

/// <summary>An end of a chain.</summary>
/// <param name="Number">The number of entries.</param>
/// <param name="Hash">The hash of the newest entry.</param>
public sealed record AuditSeal(long Number, ReadOnlyMemory<byte> Hash);

/// <summary>The result of the check.</summary>
/// <param name="Head">The end of the chain.</param>
/// <param name="Break">The first error; null if the chain is intact.</param>
/// <param name="Unsealed">Entries that are not in the chain yet.</param>
/// <param name="WitnessConfirmed">Whether the chain contains the stored end; null if none was given.</param>
public sealed record AuditVerdict(AuditSeal Head, AuditBreak? Break, AuditTail Unsealed, bool? WitnessConfirmed);

/// <summary>A place where a chain is wrong.</summary>
public sealed record AuditBreak(long Number, AuditBreakKind Kind);

/// <summary>Entries that wait to be sealed.</summary>
/// <param name="First">The first hundred.</param>
public sealed record AuditTail(long Length, IReadOnlyList<AuditRecord> First);

/// <summary>The kinds of errors in a chain.</summary>
public enum AuditBreakKind
{
    /// <summary>There is no entry of this number.</summary>
    Missing,

    /// <summary>The entry or its position differs from what was sealed.</summary>
    Changed,

    /// <summary>The entry follows the end of the chain.</summary>
    Unexpected,
}
