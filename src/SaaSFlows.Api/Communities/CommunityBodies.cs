using SaaSFlows.Accounts.Directory.Communities;

namespace SaaSFlows.Api.Communities;

internal sealed record NameBody(string? Name);

/// <param name="Kind">web_chat, also if absent.</param>
internal sealed record NewEntityBody(string? Name, string? Kind);

internal sealed record RoleBody(string? Role);

internal sealed record CommunityDetailsBody(long CommunityId, string Name, DateTimeOffset CreatedAt)
{
    public static CommunityDetailsBody From(Community community) => new(community.Id.Value, community.Name, community.CreatedAt);
}

internal sealed record EntityDetailsBody(long EntityId, long CommunityId, string Name, string Kind, DateTimeOffset CreatedAt)
{
    public static EntityDetailsBody From(Entity entity) => new(entity.Id.Value, entity.Community.Value, entity.Name, entity.Kind, entity.CreatedAt);
}

/// <param name="Since">When the member was added to the community.</param>
internal sealed record CommunityMemberBody(Guid UserId, string Username, string Email, string Role, string RoleName, DateTimeOffset Since)
{
    public static CommunityMemberBody From(CommunityMember member) =>
        new(member.User.Value, member.Username, member.Email, member.Role.Key, member.Role.Name, member.Since);
}
