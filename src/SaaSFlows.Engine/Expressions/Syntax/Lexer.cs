using System.Text;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Syntax;

/// <summary>Cuts a source into tokens, on demand, so that a template's parser can stop where its expression ends.</summary>
internal static class Lexer
{
    /// <summary>
    /// Longest first. Those the parser never asks for are here so that <c>a++b</c> or <c>x => y</c> is refused and not read as something else.
    /// </summary>
    private static readonly string[] Operators =
    [
        "===",
        "!==",
        "...",
        "==",
        "!=",
        "<=",
        ">=",
        "=>",
        "&&",
        "||",
        "??",
        "?.",
        "++",
        "--",
        "**",
        "<",
        ">",
        "+",
        "-",
        "*",
        "/",
        "%",
        "!",
        "?",
        ":",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
    ];

    public static Token Next(string source, int position)
    {
        while (position < source.Length && Whitespace.Is(source[position]))
        {
            position++;
        }

        if (position == source.Length)
        {
            return new(TokenKind.End, position, position, "end of text");
        }

        var c = source[position];
        return c switch
        {
            '\'' or '"' => ReadString(source, position),
            _ when IsNameStart(c) => ReadName(source, position),
            _ when char.IsAsciiDigit(c) || (c == '.' && position + 1 < source.Length && char.IsAsciiDigit(source[position + 1])) => ReadNumber(
                source,
                position
            ),
            _ => ReadOperator(source, position),
        };
    }

    private static bool IsNameStart(char c) => c is '_' or '$' || char.IsLetter(c);

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsDigit(c);

    private static Token Invalid(int start, string message) => new(TokenKind.Invalid, start, start, message);

    private static Token ReadName(string source, int start)
    {
        var end = start + 1;
        while (end < source.Length && IsNamePart(source[end]))
        {
            end++;
        }

        return new(TokenKind.Name, start, end, source[start..end]);
    }

    private static Token ReadNumber(string source, int start)
    {
        var rest = source.AsSpan(start);
        double value;
        int length;
        if (rest.Length > 1 && rest[0] == '0' && NumberText.RadixOf(rest[1]) is var radix and not 0)
        {
            value = NumberText.ParseInteger(rest[2..], radix, out length);
            length = length == 0 ? 0 : length + 2;
        }
        else
        {
            length = NumberText.DecimalPrefix(rest, out value);
        }

        var octal = length > 1 && rest[0] == '0' && char.IsAsciiDigit(rest[1]);
        var end = start + length;
        return length == 0 || octal || (end < source.Length && IsNamePart(source[end]))
            ? Invalid(start, "This is not a number.")
            : new(TokenKind.Number, start, end, source[start..end], value);
    }

    private static Token ReadString(string source, int start)
    {
        var builder = new StringBuilder();
        for (var i = start + 1; i < source.Length && source[i] != '\n'; )
        {
            if (source[i] == source[start])
            {
                return new(TokenKind.String, start, i + 1, builder.ToString());
            }

            if (source[i] != '\\')
            {
                builder.Append(source[i++]);
            }
            else if (StringEscapes.TryDecode(source.AsSpan(i), builder, out var length))
            {
                i += length;
            }
            else
            {
                return Invalid(i, "This escape is not valid.");
            }
        }

        return Invalid(start, "The string has no end.");
    }

    private static Token ReadOperator(string source, int start)
    {
        foreach (var text in Operators)
        {
            var digitFollows = start + text.Length < source.Length && char.IsAsciiDigit(source[start + text.Length]);
            if (string.CompareOrdinal(source, start, text, 0, text.Length) == 0 && !(text == "?." && digitFollows))
            {
                return new(TokenKind.Operator, start, start + text.Length, text);
            }
        }

        return Invalid(start, $"Unexpected '{source[start]}'.");
    }
}
