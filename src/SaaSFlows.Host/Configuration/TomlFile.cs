using System.Globalization;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace SaaSFlows.Host.Configuration;

/// <summary>Reads settings from TOML: tables of texts, numbers and booleans.</summary>
internal static class TomlFile
{
    /// <summary>Values by <c>table.key</c>; keys before the first table by their name.</summary>
    /// <exception cref="SettingException">The text is not TOML, or a value is a list or a date.</exception>
    public static Dictionary<string, string> Parse(string name, string text)
    {
        // Without the parser's own message: it repeats values, which may be secrets.
        if (SyntaxParser.Parse(text, name, validate: true) is { HasErrors: true } broken)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}, line {broken.Diagnostics[0].Span.Start.Line + 1}");
            throw new SettingException($"{place}: expected [table], or key = value with a string in quotes, a number, true or false; no key twice.");
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(name, "", TomlSerializer.Deserialize<TomlTable>(text)!, values);
        return values;
    }

    private static void Add(string name, string prefix, TomlTable table, Dictionary<string, string> values)
    {
        foreach (var (key, value) in table)
        {
            switch (value)
            {
                case TomlTable inner:
                    Add(name, $"{prefix}{key}.", inner, values);
                    break;
                case bool flag:
                    AddOnce(name, prefix + key, flag ? "true" : "false", values);
                    break;
                case string or long or double:
                    AddOnce(name, prefix + key, Convert.ToString(value, CultureInfo.InvariantCulture)!, values);
                    break;
                default:
                    throw new SettingException($"{name}: {prefix}{key} must be a string in quotes, a number, true or false.");
            }
        }
    }

    // A key with a dot in quotes can be written in two ways.
    private static void AddOnce(string name, string key, string value, Dictionary<string, string> values)
    {
        if (!values.TryAdd(key, value))
        {
            throw new SettingException($"{name}: {key} is given twice.");
        }
    }
}
