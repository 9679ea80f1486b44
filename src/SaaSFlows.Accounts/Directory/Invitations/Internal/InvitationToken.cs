using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Accounts.Directory.Invitations.Internal;

/// <summary>256 random bits, of which the hash is stored.</summary>
internal static class InvitationToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
