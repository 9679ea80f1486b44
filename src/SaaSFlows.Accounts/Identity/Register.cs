using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Registers a user with a new tenant.</summary>
/// <param name="TenantName">1 to 120 characters; names need not be unique.</param>
/// <param name="Email">Unique in the installation.</param>
/// <param name="Password">At least 12 characters.</param>
/// <param name="ForCookie">The token will live in a cookie.</param>
public sealed record Register(string? TenantName, string? Email, string? Password, bool ForCookie)
{
    /// <summary>Shown in the list of the user's sessions.</summary>
    public ClientInfo From { get; init; } = ClientInfo.Unknown;

    /// <summary>The tenant's slug; null derives one from the name, with a number if it is taken.</summary>
    public string? Slug { get; init; }

    public override string ToString() => "***";
}
