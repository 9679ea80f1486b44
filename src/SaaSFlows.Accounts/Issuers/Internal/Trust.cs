using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>The trust of an active tenant in an issuer, with everything that is needed to check its tokens.</summary>
internal sealed record Trust(
    TrustedIssuerId Id,
    TenantId Tenant,
    string Issuer,
    string Audience,
    string? JwksUri,
    IReadOnlyList<string> Algorithms,
    string UserClaim,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>The address of the discovery document (OpenID Connect Discovery, section 4.1).</summary>
    public string Discovery => Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
}
