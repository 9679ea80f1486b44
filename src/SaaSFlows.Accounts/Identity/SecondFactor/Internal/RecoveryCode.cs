using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.SecondFactor.Internal;

/// <summary>A recovery code: 80 random bits that replace a code of the app once.</summary>
internal static class RecoveryCode
{
    public const int Count = 10;

    private const int Bytes = 10;
    private const int Group = 4;

    public static string New() =>
        string.Join('-', Totp.Encode(RandomNumberGenerator.GetBytes(Bytes)).Chunk(Group).Select(group => new string(group)));

    /// <summary>Hashes a code. Case, hyphens and spaces are ignored.</summary>
    public static byte[] Hash(UserId user, string code) =>
        SHA256.HashData(
            Encoding.UTF8.GetBytes(
                $"{user} {code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()}"
            )
        );
}
