namespace SaaSFlows.Accounts.Access.Licensing;

/// <summary>A number that rises with every change of the licence or its use: <c>accounts.tenants.licence_epoch</c>.</summary>
public readonly record struct LicenceEpoch(long Value);
