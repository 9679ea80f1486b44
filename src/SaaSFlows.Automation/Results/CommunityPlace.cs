using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Results;

/// <summary>Where something is put that belongs to a community or, without one, to the whole tenant.</summary>
internal sealed record CommunityPlace(CommunityId? Community)
{
    /// <summary>
    /// The named community, which the caller sees; else the whole tenant for those who act in all of it, and the only community for those who act in
    /// one.
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
