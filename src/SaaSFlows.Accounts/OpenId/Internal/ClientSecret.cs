using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>Secrets of 256 random bits, of clients and in codes: only their plain hash is stored, which nobody can turn back.</summary>
internal static class ClientSecret
{
    // Secret scanners, and the audit log, know keys of ours by the first letters.
    private const string Prefix = "sf_client_";

    public static string New() => Prefix + Random();

    public static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
