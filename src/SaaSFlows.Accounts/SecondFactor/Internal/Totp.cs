using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Accounts.SecondFactor.Internal;

/// <summary>
/// RFC 6238 as every authenticator app speaks it: SHA-1, 30 seconds, six digits. ASP.NET Core Identity's provider knows neither a clock of ours nor which step
/// a code was of, and without that a code would work twice.
/// </summary>
internal static class Totp
{
    private const int SecretBytes = 20;
    private const int Period = 30;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>Base32 without padding; <paramref name="bytes"/> has a multiple of five of them.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        for (var at = 0; at < bytes.Length * 8; at += 5)
        {
            var pair = (bytes[at / 8] << 8) | (at / 8 + 1 < bytes.Length ? bytes[(at / 8) + 1] : 0);
            text.Append(Base32[(pair >> (11 - (at % 8))) & 31]);
        }

        return text.ToString();
    }

    /// <summary>The step that the code is of: this one, or one beside it, for clocks that differ. Null if it is of none.</summary>
    public static long? StepOf(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / Period;
        foreach (var step in (ReadOnlySpan<long>)[current, current - 1, current + 1])
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(CodeAt(secret, step)), Encoding.UTF8.GetBytes(code)))
            {
                return step;
            }
        }

        return null;
    }

    public static string CodeAt(ReadOnlySpan<byte> secret, DateTimeOffset time) => CodeAt(secret, time.ToUnixTimeSeconds() / Period);

    private static string CodeAt(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
#pragma warning disable CA5350 // What authenticator apps compute; as a MAC, SHA-1 is not broken.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[(mac[^1] & 15)..]) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
