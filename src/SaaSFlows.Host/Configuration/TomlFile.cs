using System.Globalization;
using System.Text.RegularExpressions;

namespace SaaSFlows.Host.Configuration;

/// <summary>The part of TOML that a list of settings needs: tables, and keys with strings, numbers and booleans. What it does not know it refuses.</summary>
internal static partial class TomlFile
{
    /// <summary>Values by <c>table.key</c>; keys before the first table by their name.</summary>
    /// <exception cref="SettingException">A line is none of these, or a key is there twice.</exception>
    public static Dictionary<string, string> Parse(string name, string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var table = "";
        foreach (var (index, line) in text.ReplaceLineEndings("\n").Split('\n').Index())
        {
            if (Nothing().IsMatch(line))
            {
                continue;
            }

            if (Table().Match(line) is { Success: true } header)
            {
                table = header.Groups[1].Value + ".";
            }
            else if (Pair().Match(line) is { Success: true } pair && Value(pair.Groups) is { } value)
            {
                if (!values.TryAdd(table + pair.Groups["key"].Value, value))
                {
                    throw new SettingException($"{name}, line {index + 1}: {table}{pair.Groups["key"].Value} is there twice.");
                }
            }
            else
            {
                // Not the line itself: it may hold a secret.
                throw new SettingException(string.Create(CultureInfo.InvariantCulture, $"{name}, line {index + 1}: expected [table], or key = value with a string in quotes, a number, true or false."));
            }
        }

        return values;
    }

    private static string? Value(GroupCollection groups)
    {
        if (groups["literal"].Success)
        {
            return groups["literal"].Value;
        }

        return groups["basic"].Success ? Unescape(groups["basic"].Value) : groups["plain"].Value.Replace("_", "", StringComparison.Ordinal);
    }

    private static string? Unescape(string text)
    {
        var isKnown = true;
        var result = Escape().Replace(text, match => match.Groups[1].Value[0] switch
        {
            'b' => "\b",
            't' => "\t",
            'n' => "\n",
            'f' => "\f",
            'r' => "\r",
            '"' => "\"",
            '\\' => "\\",
            'u' or 'U' when match.Groups[1].Length > 1 && int.Parse(match.Groups[1].ValueSpan[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var rune && System.Text.Rune.IsValid(rune)
                => char.ConvertFromUtf32(rune),
            _ => Unknown(),
        });
        return isKnown ? result : null;

        string Unknown()
        {
            isKnown = false;
            return "";
        }
    }

    [GeneratedRegex(@"^\s*(#.*)?$")]
    private static partial Regex Nothing();

    [GeneratedRegex(@"^\s*\[\s*([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\s*\]\s*(?:#.*)?$")]
    private static partial Regex Table();

    [GeneratedRegex("""^\s*(?<key>[A-Za-z0-9_-]+)\s*=\s*(?:"(?<basic>(?:[^"\\]|\\.)*)"|'(?<literal>[^']*)'|(?<plain>true|false|[+-]?[0-9][0-9_]*(?:\.[0-9]+)?))\s*(?:#.*)?$""")]
    private static partial Regex Pair();

    [GeneratedRegex("""\\(u[0-9A-Fa-f]{4}|U00[0-9A-Fa-f]{6}|.)""")]
    private static partial Regex Escape();
}
