using SaaSFlows.Accounts.Identity;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>The caller, and what the caller sees of the tenant.</summary>
public sealed record Me(
    UserSummary User,
    TenantSummary Tenant,
    IReadOnlyList<CommunitySummary> Communities,
    IReadOnlyList<EntitySummary> Entities,
    IReadOnlyList<string> Permissions
);
