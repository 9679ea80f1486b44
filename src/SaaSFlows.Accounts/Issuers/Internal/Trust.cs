using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>What an active tenant's row says about an issuer: all that is needed to check its tokens.</summary>
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
    /// <summary>Where the issuer says where its keys are (OpenID Connect Discovery, section 4.1).</summary>
    public string Discovery => Issuer.TrimEnd('/') + "/.well-known/openid-configuration";
}
