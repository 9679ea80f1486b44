using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace SaaSFlows.Accounts.Identity;

/// <summary>
/// Two random parts of 256 bits: the first identifies the family and stays, the second changes with each use. Only hashes are stored.
/// </summary>
internal sealed class RefreshToken
{
    private const int Half = 32;
    private const int TextLength = 86;

    private readonly byte[] _bytes;

    private RefreshToken(byte[] bytes) => _bytes = bytes;

    public byte[] FamilyHash => SHA256.HashData(_bytes.AsSpan(0, Half));

    public byte[] Hash => SHA256.HashData(_bytes);

    public string Text => Base64Url.EncodeToString(_bytes);

    public static RefreshToken New() => new(RandomNumberGenerator.GetBytes(2 * Half));

    /// <summary>Returns the next token of the same family.</summary>
    public RefreshToken Next() => new([.. _bytes.AsSpan(0, Half), .. RandomNumberGenerator.GetBytes(Half)]);

    /// <summary>Parses a token. Returns null for other texts.</summary>
    public static RefreshToken? Parse(string? text)
    {
        var bytes = new byte[2 * Half];
        return
            text?.Length == TextLength
            && Base64Url.DecodeFromChars(text, bytes, out _, out var count) == OperationStatus.Done
            && count == bytes.Length
            ? new(bytes)
            : null;
    }

    public override string ToString() => "***";
}
