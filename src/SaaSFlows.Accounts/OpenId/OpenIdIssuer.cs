namespace SaaSFlows.Accounts.OpenId;

/// <summary>Who issues tokens, and where clients reach it. From configuration and never from a request: a request's host is anybody's word.</summary>
/// <param name="Issuer">The <c>iss</c> of all tokens.</param>
/// <param name="Address">This installation's public address, without a slash at its end.</param>
public sealed record OpenIdIssuer(string Issuer, string Address);
