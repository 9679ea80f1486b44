using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SaaSFlows.Api.Wire;

/// <summary>
/// The query as it was sent: names in their own case, each value by itself. The framework's collection merges <c>tag</c> and <c>Tag</c>.
/// </summary>
internal static class RawQuery
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IResult NotUtf8 =>
        Answers.Error(
            ErrorCode.BadRequest,
            "query.invalid_encoding",
            "A query parameter is not UTF-8: escapes such as %E9 must be UTF-8 bytes, %C3%A9 for é."
        );

    /// <summary>By name, in the order in which names came first; false if an escape makes no UTF-8.</summary>
    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out IReadOnlyList<KeyValuePair<string, string[]>>? parameters)
    {
        var read = new OrderedDictionary<string, string[]>(StringComparer.Ordinal);
        parameters = null;
        try
        {
            foreach (var pair in request.QueryString.Value?.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries) ?? [])
            {
                var (name, value) = pair.Split('=', 2) is [var before, var after] ? (Decode(before), Decode(after)) : (Decode(pair), "");
                read[name] = [.. read.GetValueOrDefault(name) ?? [], value];
            }
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        parameters = read;
        return true;
    }

    // A percent sign without two hexadecimal digits stands for itself, as in browsers.
    private static string Decode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[count++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else if (text[i] == '+')
            {
                bytes[count++] = (byte)' ';
            }
            else
            {
                var length = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
                count += Strict.GetBytes(text.AsSpan(i, length), bytes.AsSpan(count));
                i += length - 1;
            }
        }

        return Strict.GetString(bytes, 0, count);
    }
}
