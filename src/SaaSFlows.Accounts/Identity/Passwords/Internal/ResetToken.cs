using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Accounts.Identity.Passwords.Internal;

/// <summary>256 random bits: the text goes into a mail, the hash into the database.</summary>
internal static class ResetToken
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
