using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>Ids that follow from where they are needed, so that every replay makes the same.</summary>
internal static class RunIds
{
    public static string IdempotencyKey(ExecutionId execution, string scope, NodeId node, int ordinal) =>
        scope.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{execution.Value}:{node.Value}:{ordinal}")
            : string.Create(CultureInfo.InvariantCulture, $"{execution.Value}:{scope}:{node.Value}:{ordinal}");

    /// <param name="count">Bookmarks that the run opened before.</param>
    public static BookmarkId Bookmark(ExecutionId execution, string scope, NodeId node, int ordinal, int count)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{execution.Value}:{scope}:{node.Value}:{ordinal}:{count}")),
            hash
        );

        // Version 8, variant 10: a UUID whose content is the maker's own.
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(new Guid(hash[..16], bigEndian: true));
    }

    /// <summary>A number from 0 to 1 that differs between runs and tries.</summary>
    public static double Fraction(string idempotencyKey, int attempt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{idempotencyKey}:{attempt}")), hash);
        return BitConverter.ToUInt32(hash) / (double)uint.MaxValue;
    }
}
