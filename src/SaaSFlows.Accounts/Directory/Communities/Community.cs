using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>A part of a tenant with members and workflows of its own.</summary>
public sealed record Community(CommunityId Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A place where a community acts.</summary>
/// <param name="Kind"><c>web_chat</c>.</param>
public sealed record Entity(EntityId Id, CommunityId Community, string Name, string Kind, DateTimeOffset CreatedAt);

/// <summary>A member of a community.</summary>
/// <param name="Role">The role in the community, bounded by the role in the tenant.</param>
/// <param name="Since">When the member was added.</param>
public sealed record CommunityMember(UserId User, string Username, string Email, MemberRole Role, DateTimeOffset Since);
