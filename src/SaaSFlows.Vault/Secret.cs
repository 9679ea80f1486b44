using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Vault;

/// <summary>Plaintext in memory. It never prints itself; disposing it wipes the bytes.</summary>
/// <param name="bytes">The plaintext. This object owns the array; the caller must not use it any more.</param>
public sealed class Secret(byte[] bytes) : IDisposable
{
    /// <summary>The bytes, for the place that sends them. Zeros after disposal.</summary>
    public ReadOnlyMemory<byte> Reveal() => bytes;

    /// <summary>The bytes read as UTF-8. The string can't be wiped: keep it short-lived.</summary>
    public string RevealText() => Encoding.UTF8.GetString(bytes);

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
}
