using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Continues a session.</summary>
/// <param name="Token">The session's newest refresh token.</param>
/// <param name="ForCookie">Whether the token came in a cookie. Such a token works only in a cookie, and others never do.</param>
/// <param name="From">Shown in the list of the user's sessions.</param>
public sealed record RefreshSession(string? Token, bool ForCookie, ClientInfo From)
{
    /// <summary>The calling client. A token of a client works only for this client, and any other token for none.</summary>
    public OAuthClientId? Client { get; init; }

    /// <summary>The tenant that the session must be in; null for any.</summary>
    public TenantId? Tenant { get; init; }

    public override string ToString() => "***";
}
