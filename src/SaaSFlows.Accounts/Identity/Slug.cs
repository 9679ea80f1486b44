using System.Text;

namespace SaaSFlows.Accounts.Identity;

internal static class Slug
{
    private const int Longest = 50;

    /// <summary>Returns null if the slug can be chosen.</summary>
    public static string? Check(string slug) =>
        TenantOptions.Reserved.Contains(slug)
            ? $"{slug} is reserved, as are {string.Join(", ", TenantOptions.Reserved.Where(other => other != slug))}."
        : slug.Length is 0 or > Longest
        || slug[0] == '-'
        || slug[^1] == '-'
        || !slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"A slug has 1 to {Longest} lower-case letters, digits and hyphens, none of those at its ends."
        : null;

    /// <summary>
    /// Lower-case ASCII letters, digits and single hyphens; <c>tenant</c> if nothing of the name is left. Never returns a reserved slug.
    /// </summary>
    public static string From(string name)
    {
        var slug = new StringBuilder(Longest);
        foreach (var c in name)
        {
            if (slug.Length == Longest)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var text = slug.ToString().TrimEnd('-');
        return text.Length == 0 ? "tenant"
            : TenantOptions.Reserved.Contains(text) ? text + "-team"
            : text;
    }
}
