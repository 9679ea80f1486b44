using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Accounts.Identity.ApiKeys.Internal;

/// <summary>The text of keys: a prefix that people and secret scanners recognise, and 256 random bits.</summary>
internal static class ApiKeySecret
{
    public const string Prefix = "sf_live_";

    private const int RandomBytes = 32;
    private const int ShownOfRandom = 4;

    private static readonly int _length = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The part of a key that can always be shown.</summary>
    public static string Shown(string secret) => secret[..(Prefix.Length + ShownOfRandom)];

    /// <summary>Returns null for text that can't be a key.</summary>
    public static byte[]? Hash(string secret) =>
        secret.Length == _length && secret.StartsWith(Prefix, StringComparison.Ordinal) ? SHA256.HashData(Encoding.UTF8.GetBytes(secret)) : null;
}
