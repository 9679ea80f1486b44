using System.Collections.Frozen;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>The communities of a caller: the whole tenant, or the listed ones with a role in each.</summary>
public sealed class CommunityAccess
{
    private readonly IReadOnlyDictionary<CommunityId, MemberRole>? _roles;

    private CommunityAccess(IReadOnlyDictionary<CommunityId, MemberRole>? roles) => _roles = roles;

    /// <summary>Every community of the tenant, including later ones.</summary>
    public static CommunityAccess WholeTenant { get; } = new(null);

    /// <summary>True for <see cref="WholeTenant"/>.</summary>
    public bool IsWholeTenant => _roles is null;

    /// <summary>The listed communities and the role in each; empty for <see cref="WholeTenant"/>.</summary>
    public IReadOnlyDictionary<CommunityId, MemberRole> Roles => _roles ?? FrozenDictionary<CommunityId, MemberRole>.Empty;

    /// <summary>Only these communities; none, if the list is empty.</summary>
    public static CommunityAccess Of(IReadOnlyDictionary<CommunityId, Role> roles) =>
        new(roles.ToDictionary(r => r.Key, r => MemberRole.Of(r.Value)));

    /// <summary>Only these communities, also with custom roles.</summary>
    public static CommunityAccess Of(IReadOnlyDictionary<CommunityId, MemberRole> roles) => new(roles);

    /// <summary>Returns the intersection: communities of both, with the permissions of both roles.</summary>
    internal CommunityAccess Narrow(CommunityAccess other) =>
        _roles is null ? other
        : other._roles is null ? this
        : new(
            _roles.Where(mine => other._roles.ContainsKey(mine.Key)).ToDictionary(mine => mine.Key, mine => mine.Value.Narrow(other._roles[mine.Key]))
        );

    /// <summary>Whether the other one includes all communities and permissions of this one.</summary>
    internal bool IsWithin(CommunityAccess other) =>
        other._roles is null
        || (
            _roles is not null
            && _roles.All(mine => other._roles.TryGetValue(mine.Key, out var theirs) && mine.Value.Permissions.IsSubsetOf(theirs.Permissions))
        );

    internal bool Allows(string permission, CommunityId community) =>
        _roles is null || (_roles.TryGetValue(community, out var role) && role.Permissions.Contains(permission));
}
