namespace SaaSFlows.Accounts.Identity;

/// <summary>A new access token.</summary>
/// <param name="Token">The compact JWT. It is a secret and is not printed.</param>
/// <param name="ExpiresIn">From now.</param>
/// <param name="Csrf">The value that unsafe requests of a cookie session must repeat in a header. Null for a bearer token.</param>
public sealed record IssuedToken(string Token, TimeSpan ExpiresIn, string? Csrf)
{
    public override string ToString() => "***";
}

/// <summary>A refresh token.</summary>
/// <param name="Token">The token for one refresh. It is a secret and is not printed.</param>
/// <param name="ExpiresIn">From now.</param>
public sealed record IssuedRefreshToken(string Token, TimeSpan ExpiresIn)
{
    public override string ToString() => "***";
}
