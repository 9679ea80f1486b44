using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A sign-in to the named tenant, or to the one used last.</summary>
/// <param name="Email">As registered; case does not matter.</param>
/// <param name="Password">The password.</param>
/// <param name="ForCookie">The token will live in a cookie.</param>
public sealed record SignIn(string? Email, string? Password, bool ForCookie)
{
    /// <summary>Shown in the list of the user's sessions.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>The slug of the tenant; null for the one used last.</summary>
    public string? Tenant { get; init; }

    public override string ToString() => "***";
}
