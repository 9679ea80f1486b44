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
    public static BookmarkId Bookmark(ExecutionId execution, string scope, NodeId node, int ordinal, int count) =>
        // Version 8: a UUID whose content is the maker's own.
        new(Uuid(string.Create(CultureInfo.InvariantCulture, $"{execution.Value}:{scope}:{node.Value}:{ordinal}:{count}"), version: 8));

    /// <param name="count">Ids that the try was given before.</param>
    public static Guid Id(ExecutionId execution, string scope, NodeId node, int ordinal, int count) =>
        // Version 4, as everybody expects of an id that says nothing.
        Uuid(string.Create(CultureInfo.InvariantCulture, $"{execution.Value}:{scope}:{node.Value}:{ordinal}:id:{count}"), version: 4);

    /// <summary>A number from 0 to 1 that differs between runs and tries.</summary>
    public static double Fraction(string idempotencyKey, int attempt)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{idempotencyKey}:{attempt}")), hash);
        return BitConverter.ToUInt32(hash) / (double)uint.MaxValue;
    }

    private static Guid Uuid(string place, int version)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(place), hash);
        hash[6] = (byte)((hash[6] & 0x0f) | (version << 4));
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
