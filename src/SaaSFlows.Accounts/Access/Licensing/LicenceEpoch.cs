namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>Rises with everything that changes what a tenant may do: <c>accounts.tenants.licence_epoch</c>.</summary>
public readonly record struct LicenceEpoch(long Value);
