using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>A tenant as its members see it.</summary>
/// <param name="Status">active, suspended, or closing: it is to be deleted at <paramref name="DeleteAt"/>.</param>
public sealed record TenantDetails(TenantSummary Tenant, string Status, DateTimeOffset CreatedAt, DateTimeOffset? DeleteAt);
