using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Continues a session.</summary>
/// <param name="Token">The session's newest refresh token.</param>
/// <param name="ForCookie">It came in a cookie, and the next will. A cookie's token is good in a cookie only, any other never.</param>
/// <param name="From">Shown in the list of the user's sessions.</param>
public sealed record RefreshSession(string? Token, bool ForCookie, ClientInfo From)
{
    /// <summary>Who comes with it: a client's token is good for that client only, any other for none.</summary>
    public OAuthClientId? Client { get; init; }

    /// <summary>The tenant that the session must be in; null for any.</summary>
    public TenantId? Tenant { get; init; }

    public override string ToString() => "***";
}
