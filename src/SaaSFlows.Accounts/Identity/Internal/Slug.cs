using System.Text;

namespace SaaSFlows.Accounts.Identity.Internal;

internal static class Slug
{
    private const int Longest = 50;

    /// <summary>Lower-case ASCII letters, digits and single hyphens; <c>tenant</c> where nothing of the name is left.</summary>
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
        return text.Length == 0 ? "tenant" : text;
    }
}
