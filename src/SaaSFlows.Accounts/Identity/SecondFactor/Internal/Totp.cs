using System.Security.Cryptography;
using OtpNet;

namespace SaaSFlows.Accounts.Identity.SecondFactor.Internal;

/// <summary>RFC 6238 as in every authenticator app: SHA-1, 30 seconds, six digits.</summary>
internal static class Totp
{
    private const int SecretBytes = 20;

    // The current step or a neighbouring one, because clocks differ.
    private static readonly VerificationWindow _window = new(previous: 1, future: 1);

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>Base32 without padding; <paramref name="bytes"/> has a multiple of five of them.</summary>
    public static string Encode(byte[] bytes) => Base32Encoding.ToString(bytes);

    /// <summary>Returns the time step of the code, so that no code works twice. Null if the code is wrong.</summary>
    public static long? StepOf(byte[] secret, string code, DateTimeOffset now) =>
        new OtpNet.Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, _window) ? step : null;
}
