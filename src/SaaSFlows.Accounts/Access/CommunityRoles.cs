using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Roles that workflows can name.</summary>
public static class CommunityRoles
{
    // A permission that this role has and the one below has not.
    private static readonly Dictionary<string, string> Marks = new(StringComparer.Ordinal)
    {
        ["admin"] = Permission.ManageMembers,
        ["editor"] = Permission.UpdateWorkflows,
        ["operator"] = Permission.ExecuteWorkflows,
    };

    /// <summary>The roles that workflows can name: admin (the tenant's owner is one too), editor and operator.</summary>
    public static IReadOnlyCollection<string> All => Marks.Keys;

    /// <summary>Whether the caller has the role or a higher one in the community.</summary>
    public static bool Has(this Caller caller, string role, CommunityId community) =>
        Marks.TryGetValue(role, out var permission) && caller.May(permission, community);
}
