using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Vault.Internal;

internal sealed class MasterKey(byte[] key)
{
    public const int Size = 32;
    public const int IdSize = 8;

    private readonly byte[] _id = SHA256.HashData(key)[..IdSize];

    public ReadOnlySpan<byte> Id => _id;

    public bool Is(ReadOnlySpan<byte> id) => id.SequenceEqual(_id);

    // The master key itself never encrypts. Wrapping and derived secrets use separate keys that are derived from it.
    public byte[] Derive(string info) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, Size, info: Encoding.UTF8.GetBytes("saasflows:v1:" + info));

    public override string ToString() => "***";
}
