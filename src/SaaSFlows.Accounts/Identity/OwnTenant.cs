namespace SaaSFlows.Accounts.Identity;

/// <summary>A tenant that somebody is a member of.</summary>
/// <param name="Status">active, suspended, or closing: it is to be deleted at <paramref name="DeleteAt"/>.</param>
public sealed record OwnTenant(TenantSummary Tenant, string Role, string Status, DateTimeOffset? DeleteAt);
