using System.Globalization;
using Npgsql;
using SaaSFlows.Accounts.Access.Audit.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Access.Audit;

/// <summary>The sealed ends of the chains of deleted tenants. Singleton.</summary>
public sealed class AuditTombstones
{
    private const string Purpose = "audit_tombstone";

    private readonly PostgresPools _pools;
    private readonly SecretVault _vault;
    private readonly TimeProvider _time;

    internal AuditTombstones(PostgresPools pools, SecretVault vault, TimeProvider time) => (_pools, _vault, _time) = (pools, vault, time);

    /// <summary>Seals the end of the chain of a tenant that is about to be deleted. Returns null if there is no chain.</summary>
    internal async Task<SignedEnd?> SignAsync(TenantId tenant, CancellationToken ct)
    {
        if (await CloseAsync(tenant, ct) is not { } head)
        {
            return null;
        }

        var now = _time.GetUtcNow();
        // Only the holder of the master key can make the seal, so it serves as a signature. Its content is not secret.
        return new(head, now, await _vault.SealAsync(null, Purpose, tenant.ToString(), Content(tenant, head, now), ct));
    }

    /// <summary>
    /// Deletes the chain of a tenant, in the transaction that deletes the tenant and before the tenant. Fails if there are entries after the sealed
    /// end.
    /// </summary>
    internal static async Task DropAsync(NpgsqlConnection transaction, TenantId tenant, SignedEnd end, CancellationToken ct)
    {
        // The tenant's row is locked before the sealer's lock. Other writes wait for it and then find no tenant.
        await using var close = transaction.Command("select from accounts.close_audit($1)", tenant.Value);
        await close.ExecuteNonQueryAsync(ct);
        await using var drop = transaction.Command(
            "select accounts.drop_audit($1, $2, $3, $4, $5)",
            tenant.Value,
            end.Head.Number,
            end.Head.Hash.ToArray(),
            end.At,
            end.Signature
        );
        await drop.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Returns the tombstone, or null if no tenant with this id was deleted.</summary>
    public async Task<AuditTombstone?> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (await ReadAsync(tenant, ct) is not { } stone)
        {
            return null;
        }

        var opened = await _vault.OpenAsync(null, Purpose, tenant.ToString(), stone.Signature, ct);
        var genuine = opened.Match(
            secret =>
            {
                using (secret)
                {
                    return secret.Reveal().Span.SequenceEqual(Content(tenant, stone.Head, stone.At));
                }
            },
            _ => false
        );
        return new(tenant, stone.Head, stone.At, genuine);
    }

    private async Task<AuditSeal?> CloseAsync(TenantId tenant, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var close = connection.Command("select number, hash from accounts.close_audit($1)", tenant.Value);
        return await close.ListAsync(row => new AuditSeal(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), ct) is [var head] ? head : null;
    }

    private async Task<SignedEnd?> ReadAsync(TenantId tenant, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            "select number, hash, dropped_at, signature from accounts.audit_tombstones where tenant_id = $1",
            tenant.Value
        );
        var found = await find.ListAsync(
            row => new SignedEnd(
                new(row.GetInt64(0), row.GetFieldValue<byte[]>(1)),
                row.GetFieldValue<DateTimeOffset>(2),
                row.GetFieldValue<byte[]>(3)
            ),
            ct
        );
        return found is [var stone] ? stone : null;
    }

    private static byte[] Content(TenantId tenant, AuditSeal head, DateTimeOffset at) =>
        AuditRows.Fields(
            "saasflows-audit-tombstone-1",
            tenant.ToString(),
            head.Number.ToString(CultureInfo.InvariantCulture),
            Convert.ToHexStringLower(head.Hash.Span),
            AuditRows.Microseconds(at)
        );
}

/// <summary>The end of a chain, signed.</summary>
internal sealed record SignedEnd(AuditSeal Head, DateTimeOffset At, byte[] Signature);

/// <summary>The end of a deleted tenant's chain.</summary>
/// <param name="IsGenuine">Whether this installation wrote it.</param>
public sealed record AuditTombstone(TenantId Tenant, AuditSeal Head, DateTimeOffset DroppedAt, bool IsGenuine);
