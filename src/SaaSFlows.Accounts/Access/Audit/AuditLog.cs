using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access.Audit.Internal;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>Writes entries in the transaction of the change. Singleton, safe for concurrent use.</summary>
public sealed class AuditLog
{
    private const string InsertSql = """
        insert into accounts.audit_entries (tenant_id, id, at, actor_kind, actor_id, actor_name, action, target_type, target_id, target_name, before,
        after,
            address, user_agent, credential_kind, credential_id, correlation_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        """;

    private readonly TimeProvider _time;
    private int _count;

    internal AuditLog(TimeProvider time) => _time = time;

    /// <summary>Writes an entry of a change through EF Core. It is written at once and not tracked.</summary>
    /// <param name="db">Inside the change's transaction.</param>
    /// <param name="entry">Its tenant is the transaction's.</param>
    /// <param name="ct">Cancels the write.</param>
    public Task WriteAsync(DbContext db, AuditEntry entry, CancellationToken ct) => WriteAsync(db.Database.GetDbConnection(), entry, ct);

    /// <summary>Writes an entry of a change through SQL.</summary>
    /// <param name="transaction">A connection of the app or the lookup role, inside the change's transaction.</param>
    /// <param name="entry">Its tenant is the transaction's.</param>
    /// <param name="ct">Cancels the write.</param>
    public async Task WriteAsync(DbConnection transaction, AuditEntry entry, CancellationToken ct)
    {
        var (before, after) = AuditValues.Of(entry.Before, entry.After);
        var (id, now) = Next();
        await using var insert = ((NpgsqlConnection)transaction).Command(
            InsertSql,
            entry.Tenant.Value,
            id,
            now,
            entry.Actor.Kind,
            Text(entry.Actor.Id),
            Text(entry.Actor.Name),
            entry.Action,
            entry.Target.Type,
            Text(entry.Target.Id),
            Text(entry.Target.Name),
            (object?)before ?? DBNull.Value,
            (object?)after ?? DBNull.Value,
            Text(entry.From.Address),
            Text(entry.From.UserAgent),
            Text(entry.Credential?.Kind),
            Text(entry.Credential?.Id),
            Text(entry.From.CorrelationId)
        );
        await insert.ExecuteNonQueryAsync(ct);
    }

    // The bits after the milliseconds are a counter, so that entries of one process in one millisecond keep their order.
    internal (Guid Id, DateTimeOffset At) Next()
    {
        var now = _time.GetUtcNow();
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(now).TryWriteBytes(bytes, bigEndian: true, out _);
        var count = Interlocked.Increment(ref _count);
        bytes[6] = (byte)(0x70 | ((count >> 8) & 0x0F));
        bytes[7] = (byte)count;
        return (new(bytes, bigEndian: true), now);
    }

    internal static object Text(string? value) => value is null ? DBNull.Value : AuditValues.Cut(value);
}
