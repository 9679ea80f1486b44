using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SaaSFlows.Vault.Internal;

/// <summary>The byte format of docs/adr/0002-vault-envelope.md: version, master key id, data key id, nonce, ciphertext, tag.</summary>
internal static class Envelope
{
    public const byte Version = 1;
    public const int NonceSize = 12;

    private const int TagSize = 16;
    private const int DataKeyAt = 1 + MasterKey.IdSize;
    private const int NonceAt = DataKeyAt + 16;
    private const int CiphertextAt = NonceAt + NonceSize;

    // Strict: two different broken strings must not become the same bytes.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Seal(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> masterKeyId,
        DataKeyId dataKey,
        Binding binding,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> plaintext
    )
    {
        var envelope = new byte[CiphertextAt + plaintext.Length + TagSize];
        envelope[0] = Version;
        masterKeyId.CopyTo(envelope.AsSpan(1));
        dataKey.Value.TryWriteBytes(envelope.AsSpan(DataKeyAt), bigEndian: true, out _);
        nonce.CopyTo(envelope.AsSpan(NonceAt));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(
            nonce,
            plaintext,
            envelope.AsSpan(CiphertextAt, plaintext.Length),
            envelope.AsSpan(^TagSize..),
            AssociatedData(envelope, binding)
        );
        return envelope;
    }

    /// <summary>Returns the plaintext, or null if a bit, the key or the binding differs from those at sealing.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> envelope, Binding binding)
    {
        var plaintext = new byte[envelope.Length - CiphertextAt - TagSize];
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(
                envelope[NonceAt..CiphertextAt],
                envelope[CiphertextAt..^TagSize],
                envelope[^TagSize..],
                plaintext,
                AssociatedData(envelope, binding)
            );
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Returns the reason why the envelope can't be parsed, or null if it can.</summary>
    public static string? Defect(ReadOnlySpan<byte> envelope) =>
        envelope.IsEmpty ? OpenRefusals.Malformed
        : envelope[0] != Version ? OpenRefusals.UnknownVersion
        : envelope.Length < CiphertextAt + TagSize ? OpenRefusals.Malformed
        : null;

    public static ReadOnlySpan<byte> MasterKeyId(ReadOnlySpan<byte> envelope) => envelope[1..DataKeyAt];

    public static DataKeyId DataKey(ReadOnlySpan<byte> envelope) => new(new Guid(envelope[DataKeyAt..NonceAt], bigEndian: true));

    private static byte[] AssociatedData(ReadOnlySpan<byte> envelope, Binding binding)
    {
        var purpose = Utf8.GetBytes(binding.Purpose);
        var record = Utf8.GetBytes(binding.RecordId);
        var data = new byte[NonceAt + 16 + 2 + purpose.Length + 2 + record.Length];
        envelope[..NonceAt].CopyTo(data);
        (binding.Scope?.Value ?? Guid.Empty).TryWriteBytes(data.AsSpan(NonceAt), bigEndian: true, out var at);
        at = Append(data, at + NonceAt, purpose);
        Append(data, at, record);
        return data;
    }

    // The length in front keeps ("ab", "c") and ("a", "bc") apart.
    private static int Append(byte[] data, int at, byte[] text)
    {
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(at), checked((ushort)text.Length));
        text.CopyTo(data, at + 2);
        return at + 2 + text.Length;
    }
}
