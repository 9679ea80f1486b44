namespace SaaSFlows.Accounts.Access;

/// <summary>The scopes that a client can request.</summary>
public static class Scopes
{
    /// <summary>An ID token, and the user's id.</summary>
    public const string OpenId = "openid";

    /// <summary>The user's name.</summary>
    public const string Profile = "profile";

    /// <summary>The user's e-mail address.</summary>
    public const string Email = "email";

    /// <summary>A refresh token.</summary>
    public const string OfflineAccess = "offline_access";

    /// <summary>
    /// All permissions of the user. Each permission is a scope, too. Without any, the client can call only routes that need no permission.
    /// </summary>
    public const string Permissions = "permissions";

    /// <summary>All scopes; others are ignored (OpenID Connect Core, 3.1.2.1).</summary>
    public static IReadOnlyList<string> All { get; } =
    [OpenId, Profile, Email, OfflineAccess, Permissions, .. Permission.All.Order(StringComparer.Ordinal)];

    /// <summary>Returns the known scopes of a request, once each.</summary>
    internal static IReadOnlyList<string> Parse(string? scope) =>
        [
            .. (scope ?? "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.Ordinal)
                .Where(one => All.Contains(one, StringComparer.Ordinal)),
        ];
}
