namespace SaaSFlows.Accounts.Identity;

/// <summary>A tenant of the user.</summary>
/// <param name="Status">active, suspended, or closing: it is to be deleted at <paramref name="DeleteAt"/>.</param>
public sealed record OwnTenant(TenantSummary Tenant, string Role, string Status, DateTimeOffset? DeleteAt);
