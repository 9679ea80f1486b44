using System.Security.Cryptography;
using OtpNet;

namespace SaaSFlows.Accounts.Identity.SecondFactor.Internal;

/// <summary>RFC 6238 as every authenticator app speaks it: SHA-1, 30 seconds, six digits.</summary>
internal static class Totp
{
    private const int SecretBytes = 20;

    // This step, or one beside it, for clocks that differ.
    private static readonly VerificationWindow _window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>Base32 without padding; <paramref name="bytes"/> has a multiple of five of them.</summary>
    public static string Encode(byte[] bytes) => Base32Encoding.ToString(bytes);

    /// <summary>The step that the code is of, so that no code works twice. Null if it is of none.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now) =>
        new OtpNet.Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, _window) ? step : null;
}
