namespace SaaSFlows.Engine.Graphs;

/// <summary>In JSON Schema a dollar is the end of the text; in .NET it also stands before a last line break.</summary>
internal static class PatternEnd
{
    /// <summary>The pattern with its last dollar as the end of the text. One that is escaped stands for itself.</summary>
    public static string Strict(string pattern)
    {
        if (!pattern.EndsWith('$'))
        {
            return pattern;
        }

        var body = pattern[..^1];
        var escapes = body.Length - body.TrimEnd('\\').Length;
        return escapes % 2 == 0 ? $@"{body}\z" : pattern;
    }
}
