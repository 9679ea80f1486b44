using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>What a client sends to get tokens (RFC 6749); what its grant does not need is ignored.</summary>
public sealed record TokenRequest(
    ClientCredentials Client,
    string? GrantType,
    string? Code,
    string? RedirectUri,
    string? CodeVerifier,
    string? RefreshToken,
    string? Scope,
    ClientInfo From
)
{
    public override string ToString() => "***";
}

/// <summary>What it gets.</summary>
/// <param name="AccessToken">For the API.</param>
/// <param name="ExpiresIn">Of the access token, from now.</param>
/// <param name="RefreshToken">Good once; null without the scope offline_access.</param>
/// <param name="IdToken">Null without the scope openid.</param>
/// <param name="Scope">What was granted.</param>
public sealed record TokenSet(string AccessToken, TimeSpan ExpiresIn, string? RefreshToken, string? IdToken, string Scope)
{
    public override string ToString() => "***";
}
