namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>What JavaScript takes for white space: .NET's list without U+0085, with the byte order mark.</summary>
internal static class Whitespace
{
    public static bool Is(char c) => c == '\uFEFF' || (c != '\u0085' && char.IsWhiteSpace(c));

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && Is(text[0]))
        {
            text = text[1..];
        }

        while (!text.IsEmpty && Is(text[^1]))
        {
            text = text[..^1];
        }

        return text;
    }
}
