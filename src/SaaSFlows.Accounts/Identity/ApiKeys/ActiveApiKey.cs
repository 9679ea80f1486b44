using System.Collections.Frozen;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity.ApiKeys;

/// <summary>A valid key with its caller.</summary>
internal sealed record ActiveApiKey(Caller Caller, DateTimeOffset ExpiresAt)
{
    // Permissions for the whole tenant. A key for some communities does not get them.
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

    /// <summary>The owner with current permissions, narrowed to those of the key.</summary>
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
