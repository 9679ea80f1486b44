using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>The caller with tenant, communities and entities.</summary>
public sealed record Me(
    UserSummary User,
    TenantSummary Tenant,
    IReadOnlyList<CommunitySummary> Communities,
    IReadOnlyList<EntitySummary> Entities,
    IReadOnlyList<string> Permissions
);
