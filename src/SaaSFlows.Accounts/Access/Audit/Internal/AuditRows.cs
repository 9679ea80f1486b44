using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit.Internal;

/// <summary>Reads entries, and hashes them as accounts.audit_content does.</summary>
internal static class AuditRows
{
    public const string Columns =
        "id, at, actor_kind, actor_id, actor_name, action, target_type, target_id, target_name, before, after, address, user_agent, "
        + "credential_kind, credential_id, correlation_id, number, hash";

    /// <summary>The hash before the first entry of a chain.</summary>
    public static byte[] Genesis { get; } = new byte[SHA256.HashSizeInBytes];

    public static AuditRecord Read(DbDataReader row)
    {
        return new(
            new(row.GetGuid(0)),
            row.GetFieldValue<DateTimeOffset>(1),
            row.GetString(2),
            Text(3),
            Text(4),
            row.GetString(5),
            row.GetString(6),
            row.GetString(7),
            Text(8),
            Text(9),
            Text(10),
            Text(11),
            Text(12),
            Text(13),
            Text(14),
            Text(15),
            row.IsDBNull(16) ? null : row.GetInt64(16),
            row.IsDBNull(17) ? null : row.GetFieldValue<byte[]>(17)
        );

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    public static byte[] HashOf(TenantId tenant, AuditRecord entry, byte[] previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        string?[] fields =
        [
            "saasflows-audit-1",
            tenant.ToString(),
            entry.Number?.ToString(CultureInfo.InvariantCulture),
            entry.Id.ToString(),
            Microseconds(entry.At),
            entry.ActorKind,
            entry.ActorId,
            entry.ActorName,
            entry.Action,
            entry.TargetType,
            entry.TargetId,
            entry.TargetName,
            entry.Before,
            entry.After,
            entry.Address,
            entry.UserAgent,
            entry.CredentialKind,
            entry.CredentialId,
            entry.CorrelationId,
        ];
        hash.AppendData(Fields(fields));
        return hash.GetHashAndReset();
    }

    /// <summary>Writes each field with its length, so that bytes can't move between fields.</summary>
    public static byte[] Fields(params IEnumerable<string?> fields) =>
        Encoding.UTF8.GetBytes(
            string.Concat(
                fields.Select(field =>
                    field is null ? "-," : string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(field)}:{field},")
                )
            )
        );

    public static string Microseconds(DateTimeOffset at) =>
        ((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);
}
