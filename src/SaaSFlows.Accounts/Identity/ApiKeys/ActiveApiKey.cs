using System.Collections.Frozen;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>A key that exists, and the caller that it makes.</summary>
internal sealed record ActiveApiKey(Caller Caller, DateTimeOffset ExpiresAt)
{
    // What concerns the tenant as a whole: a key for some communities has no business there.
    public static readonly FrozenSet<string> TenantWide = FrozenSet.Create(
        Permission.ManageMembers,
        Permission.ManageRoles,
        Permission.ManageServiceAccounts,
        Permission.ManageCommunities,
        Permission.ManageTenant,
        Permission.ReadAudit,
        Permission.ManageBilling,
        Permission.DeleteTenant
    );

    /// <summary>The owner as of now, narrowed to what the key allows.</summary>
    public static Caller Narrow(Caller owner, IEnumerable<string> permissions, IReadOnlyCollection<CommunityId>? communities) =>
        owner with
        {
            Permissions = permissions.Where(owner.May).Except(communities is null ? [] : TenantWide).ToFrozenSet(),
            Communities = communities is null
                ? owner.Communities
                : CommunityAccess.Of(
                    communities
                        .Where(c => owner.Communities.IsWholeTenant || owner.Communities.Roles.ContainsKey(c))
                        .ToDictionary(c => c, c => owner.Communities.Roles.GetValueOrDefault(c, MemberRole.Of(Role.Admin)))
                ),
        };
}
