using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>The signed-in user.</summary>
public sealed record UserSummary(UserId UserId, string Username, string Email);

/// <summary>A tenant of a session.</summary>
public sealed record TenantSummary(TenantId TenantId, string Name, string Slug);

/// <summary>A community of a session.</summary>
public sealed record CommunitySummary(CommunityId CommunityId, string Name);

/// <summary>A place where a community acts. <paramref name="Kind"/> is <c>web_chat</c>.</summary>
public sealed record EntitySummary(EntityId EntityId, CommunityId CommunityId, string Name, string Kind);

/// <summary>The result of a sign-in or a refresh.</summary>
public sealed record Session(IssuedToken Token, IssuedRefreshToken Refresh, UserSummary User, TenantSummary Tenant)
{
    /// <summary>The grant, if the session belongs to a client; else null.</summary>
    public ClientGrant? Grant { get; init; }
}

/// <summary>The result of a registration: a session in the new tenant, with its community and entity.</summary>
public sealed record Registration(Session Session, CommunitySummary Community, EntitySummary Entity);
