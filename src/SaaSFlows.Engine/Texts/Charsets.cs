using System.Text;

namespace SaaSFlows.Engine.Texts;

/// <summary>Reads text that came from outside: what its charset can't hold is told, never replaced by U+FFFD.</summary>
public static class Charsets
{
    private const int LittleEndian = 1200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The encoding with this name, UTF-8 for none; null if it is not known. Strict: it throws at what it can't read.</summary>
    public static Encoding? Find(string? charset)
    {
        var name = charset?.Trim().Trim('"', '\'');
        if (string.IsNullOrEmpty(name) || name.ToUpperInvariant() is "UTF-8" or "UTF8" or "UTF_8")
        {
            return Utf8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The text without its byte order mark; null if the bytes are none in this encoding.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        try
        {
            // Plain utf-16 says nothing of the order of bytes; its byte order mark does.
            var text = (encoding.CodePage == LittleEndian && bytes is [0xFE, 0xFF, ..] ? Find("utf-16be")! : encoding).GetString(bytes);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
