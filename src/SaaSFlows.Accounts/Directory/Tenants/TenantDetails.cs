using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Directory.Tenants;

/// <summary>A tenant with its status.</summary>
/// <param name="Status">active, suspended, or closing: it will be deleted at <paramref name="DeleteAt"/>.</param>
public sealed record TenantDetails(TenantSummary Tenant, string Status, DateTimeOffset CreatedAt, DateTimeOffset? DeleteAt);
