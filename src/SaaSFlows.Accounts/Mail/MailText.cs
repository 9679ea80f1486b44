using System.Globalization;

namespace SaaSFlows.Accounts.Mail;

/// <summary>Cleans input of users for mails.</summary>
internal static class MailText
{
    private const int Longest = 80;

    /// <summary>
    /// One short line without anything that mail programs act on: line breaks would begin a header, marks of direction turn the text around, and a
    /// link in a name would make every invitation an advertisement.
    /// </summary>
    public static string Name(string name)
    {
        var line = string.Concat(name.Select(c => IsPlain(c) ? c : ' ')).Trim();
        line = line.Length > Longest ? line[..Longest].TrimEnd() + "…" : line;
        return line.Length == 0 || line.Contains("://", StringComparison.Ordinal) || line.Contains("www.", StringComparison.OrdinalIgnoreCase)
            ? "a team"
            : line;
    }

    private static bool IsPlain(char c) =>
        char.GetUnicodeCategory(c)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
            );
}
