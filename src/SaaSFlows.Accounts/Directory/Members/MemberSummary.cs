using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>A member of the tenant in a list.</summary>
/// <param name="LastUsedAt">When the member last signed in to this tenant; null for never.</param>
public sealed record MemberSummary(UserSummary User, MemberRole Role, DateTimeOffset JoinedAt, DateTimeOffset? LastUsedAt, bool IsServiceAccount);

/// <summary>A member with communities.</summary>
/// <param name="Communities">Empty for owners and admins, who have access to all.</param>
public sealed record MemberDetails(MemberSummary Member, IReadOnlyList<MemberCommunity> Communities);

/// <summary>The membership of a community.</summary>
public sealed record MemberCommunity(CommunityId CommunityId, string Name, MemberRole Role);

/// <summary>Filters of members; null matches all.</summary>
/// <param name="Search">A part of the name or the e-mail address, in any case.</param>
/// <param name="Role">A built-in role's name, or the id of the tenant's own.</param>
public sealed record MemberFilter(string? Search, string? Role);
