using System.Text.RegularExpressions;

namespace SaaSFlows.Engine.Graphs;

/// <summary>In JSON Schema a dollar is the end of the text; in .NET it also stands before a last line break.</summary>
internal static class PatternEnd
{
    private const string End = @"\z";

    /// <summary>The pattern as its author wrote it.</summary>
    public static string Shown(Regex pattern) =>
        pattern.ToString() is var text && text.EndsWith(End, StringComparison.Ordinal) ? text[..^End.Length] + "$" : text;

    /// <summary>The pattern with its last dollar as the end of the text. One that is escaped stands for itself.</summary>
    public static string Strict(string pattern)
    {
        if (!pattern.EndsWith('$'))
        {
            return pattern;
        }

        var body = pattern[..^1];
        var escapes = body.Length - body.TrimEnd('\\').Length;
        return escapes % 2 == 0 ? body + End : pattern;
    }
}
