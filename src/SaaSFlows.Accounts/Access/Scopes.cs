namespace SaaSFlows.Accounts.Access;

/// <summary>What a client can ask for: who somebody is, and what it may do for them.</summary>
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
    /// All that the user may do. Each permission is a scope by itself too; without any, the API shows the client nothing that needs one.
    /// </summary>
    public const string Permissions = "permissions";

    /// <summary>Every scope that exists; others are ignored (OpenID Connect Core, 3.1.2.1).</summary>
    public static IReadOnlyList<string> All { get; } =
    [OpenId, Profile, Email, OfflineAccess, Permissions, .. Permission.All.Order(StringComparer.Ordinal)];

    /// <summary>Those of a request that exist, once each.</summary>
    internal static IReadOnlyList<string> Parse(string? scope) =>
        [
            .. (scope ?? "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Distinct(StringComparer.Ordinal)
                .Where(one => All.Contains(one, StringComparer.Ordinal)),
        ];
}
