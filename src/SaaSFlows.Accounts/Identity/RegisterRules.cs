using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>The rules for registrations that need no database.</summary>
internal static class RegisterRules
{
    public const int ShortestPassword = 12;

    public const int LongestPassword = 1024;
    private const int LongestEmail = 254;
    private const int LongestName = 120;

    /// <summary>Returns the problems by the names of fields on the wire; empty if there are none.</summary>
    public static Dictionary<string, string[]> Check(string name, string email, string password)
    {
        var errors = new Dictionary<string, string[]>();
        if (name.Length is 0 or > LongestName || !NameText.IsVisible(name))
        {
            errors["tenant_name"] = [$"Give the tenant a name of 1 to {LongestName} printable characters."];
        }

        if (!IsEmail(email))
        {
            errors["email"] = ["This is not an e-mail address."];
        }

        if (CheckPassword(password) is { } wrong)
        {
            errors["password"] = [wrong];
        }

        return errors;
    }

    /// <summary>Returns null if the password is accepted.</summary>
    public static string? CheckPassword(string password) =>
        password.Length is < ShortestPassword or > LongestPassword || string.IsNullOrWhiteSpace(password)
            ? $"A password has {ShortestPassword} to {LongestPassword} characters, not only spaces."
            : null;

    // Only a delivered mail proves an address. This check finds typing errors and accepts unusual addresses.
    public static bool IsEmail(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return email.Length <= LongestEmail
            && at > 0
            && at == email.LastIndexOf('@')
            && at < email.Length - 1
            && !email.Any(char.IsWhiteSpace)
            && NameText.IsVisibleId(email);
    }
}
