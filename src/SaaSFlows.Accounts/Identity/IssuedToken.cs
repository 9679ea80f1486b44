namespace SaaSFlows.Accounts.Identity;

/// <summary>A new access token.</summary>
/// <param name="Token">The compact JWT. A secret: it is not printed.</param>
/// <param name="ExpiresIn">From now.</param>
/// <param name="Csrf">For a cookie session: what unsafe requests must repeat in a header. Null for a bearer token.</param>
public sealed record IssuedToken(string Token, TimeSpan ExpiresIn, string? Csrf)
{
    public override string ToString() => "***";
}

/// <summary>What keeps a session alive.</summary>
/// <param name="Token">Good for one refresh. A secret: it is not printed.</param>
/// <param name="ExpiresIn">From now.</param>
public sealed record IssuedRefreshToken(string Token, TimeSpan ExpiresIn)
{
    public override string ToString() => "***";
}
