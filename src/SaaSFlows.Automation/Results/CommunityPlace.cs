using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Results;

/// <summary>The community of a new object, or the whole tenant.</summary>
internal sealed record CommunityPlace(CommunityId? Community)
{
    /// <summary>
    /// Returns the named community, which the caller must see. Without a name, returns the whole tenant for callers with access to all of it, and the
    /// only community for callers with one.
    /// </summary>
    public static Result<CommunityPlace> Of(Caller caller, CommunityId? named, string permission)
    {
        if (named is { } community)
        {
            return caller.May(permission, community) ? new CommunityPlace(community) : new AutomationError.Forbidden(permission);
        }

        if (caller.Communities.IsWholeTenant)
        {
            return caller.May(permission) ? new CommunityPlace((CommunityId?)null) : new AutomationError.Forbidden(permission);
        }

        return caller.Communities.Roles.Keys.Where(known => caller.May(permission, known)).ToList() switch
        {
            [] => new AutomationError.Forbidden(permission),
            [var only] => new CommunityPlace(only),
            _ => new AutomationError.BadInput("community_id", "is required: you act in several communities."),
        };
    }
}
