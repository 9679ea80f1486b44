namespace SaaSFlows.Accounts.Identity.SigningKeys;

/// <summary>An entry of the key set (RFC 7517) for checking tokens.</summary>
public sealed record PublicSigningKey(string Kid, string X, string Y)
{
    public string Kty { get; } = "EC";

    public string Crv { get; } = "P-256";

    public string Use { get; } = "sig";

    public string Alg { get; } = "ES256";
}
