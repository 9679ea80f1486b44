using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>Roles as workflows name them, to say who may do something.</summary>
public static class CommunityRoles
{
    // What this role may do and the one below may not.
    private static readonly Dictionary<string, string> Marks = new(StringComparer.Ordinal)
    {
        ["admin"] = Permission.ManageMembers,
        ["editor"] = Permission.UpdateWorkflows,
        ["operator"] = Permission.ExecuteWorkflows,
    };

    /// <summary>Those that workflows may name: admin (the tenant's owner is one too), editor and operator.</summary>
    public static IReadOnlyCollection<string> All => Marks.Keys;

    /// <summary>Whether the caller has the role or a higher one in the community.</summary>
    public static bool Has(this Caller caller, string role, CommunityId community) =>
        Marks.TryGetValue(role, out var permission) && caller.May(permission, community);
}
