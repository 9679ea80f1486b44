using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A user as that user may see it.</summary>
public sealed record UserSummary(UserId UserId, string Username, string Email);

/// <summary>A tenant as its members see it.</summary>
public sealed record TenantSummary(TenantId TenantId, string Name, string Slug);

/// <summary>A community as its members see it.</summary>
public sealed record CommunitySummary(CommunityId CommunityId, string Name);

/// <summary>A place a community acts in. <paramref name="Kind"/> is <c>web_chat</c>.</summary>
public sealed record EntitySummary(EntityId EntityId, CommunityId CommunityId, string Name, string Kind);

/// <summary>What a sign-in or a refresh gives.</summary>
public sealed record Session(IssuedToken Token, IssuedRefreshToken Refresh, UserSummary User, TenantSummary Tenant)
{
    /// <summary>Null unless a client was given the session.</summary>
    public ClientGrant? Grant { get; init; }
}

/// <summary>What a registration gives: a session in the new tenant, and the places made with it.</summary>
public sealed record Registration(Session Session, CommunitySummary Community, EntitySummary Entity);
