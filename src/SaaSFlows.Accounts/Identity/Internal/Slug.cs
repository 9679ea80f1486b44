using System.Text;
using SaaSFlows.Accounts.Tenants;

namespace SaaSFlows.Accounts.Identity.Internal;

internal static class Slug
{
    private const int Longest = 50;

    /// <summary>Null if somebody may choose it.</summary>
    public static string? Check(string slug) =>
        slug.Length is 0 or > Longest || slug[0] == '-' || slug[^1] == '-' || TenantOptions.Reserved.Contains(slug)
            || !slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"A slug has 1 to {Longest} lower-case letters, digits and hyphens, none of those at its ends, and is not {string.Join(", ", TenantOptions.Reserved)}."
            : null;

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
