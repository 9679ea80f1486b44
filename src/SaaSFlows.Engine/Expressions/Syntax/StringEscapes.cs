using System.Globalization;
using System.Text;

namespace SaaSFlows.Engine.Expressions.Syntax;

/// <summary>Backslash escapes of JavaScript strings; those of JSON are a subset.</summary>
internal static class StringEscapes
{
    /// <summary>Decodes text whose escapes are known to be well formed.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; )
        {
            if (text[i] != '\\')
            {
                builder.Append(text[i++]);
            }
            else if (TryDecode(text[i..], builder, out var length))
            {
                i += length;
            }
            else
            {
                throw new FormatException($"Malformed escape at {i}.");
            }
        }

        return builder.ToString();
    }

    /// <summary>Decodes the one escape that <paramref name="text"/> starts with, and says how many characters it takes.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, StringBuilder builder, out int length)
    {
        length = 2;
        if (text.Length < 2)
        {
            return false;
        }

        switch (text[1])
        {
            case 'u' or 'x':
                return TryDecodeHex(text, builder, out length);
            case >= '1' and <= '9':
                return false;
            case '0':
                builder.Append('\0');
                return text.Length < 3 || !char.IsAsciiDigit(text[2]);
            case '\n':
                return true;
            default:
                builder.Append(
                    text[1] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        'b' => '\b',
                        'f' => '\f',
                        'v' => '\v',
                        var other => other,
                    }
                );
                return true;
        }
    }

    private static bool TryDecodeHex(ReadOnlySpan<char> text, StringBuilder builder, out int length)
    {
        var braced = text[1] == 'u' && text.Length > 2 && text[2] == '{';
        var close = braced ? text.IndexOf('}') : 0;
        length =
            braced ? close + 1
            : text[1] == 'u' ? 6
            : 4;
        if (close < 0 || length > text.Length)
        {
            return false;
        }

        var digits = braced ? text[3..close] : text[2..length];
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
        {
            return false;
        }

        _ = code > char.MaxValue ? builder.Append(char.ConvertFromUtf32(code)) : builder.Append((char)code);
        return true;
    }
}
