using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Permissions;

/// <summary>In which communities a caller acts: all of the tenant, or the listed ones with a role in each.</summary>
public sealed class CommunityAccess
{
    private readonly IReadOnlyDictionary<CommunityId, Role>? _roles;

    private CommunityAccess(IReadOnlyDictionary<CommunityId, Role>? roles) => _roles = roles;

    /// <summary>Every community of the tenant, those made later too.</summary>
    public static CommunityAccess WholeTenant { get; } = new(null);

    /// <summary>True for <see cref="WholeTenant"/>.</summary>
    public bool IsWholeTenant => _roles is null;

    /// <summary>The listed communities and the role in each; empty for <see cref="WholeTenant"/>.</summary>
    public IReadOnlyDictionary<CommunityId, Role> Roles => _roles ?? new Dictionary<CommunityId, Role>();

    /// <summary>Only these communities; none, if the list is empty.</summary>
    public static CommunityAccess Of(IReadOnlyDictionary<CommunityId, Role> roles) => new(roles);

    /// <summary>Where both hold, with the lesser role.</summary>
    internal CommunityAccess Narrow(CommunityAccess other) =>
        _roles is null ? other
        : other._roles is null ? this
        : new(_roles.Where(mine => other._roles.ContainsKey(mine.Key))
            .ToDictionary(mine => mine.Key, mine => (Role)Math.Max((int)mine.Value, (int)other._roles[mine.Key])));

    internal bool Allows(string permission, CommunityId community) =>
        _roles is null || (_roles.TryGetValue(community, out var role) && role.Permissions().Contains(permission));
}
