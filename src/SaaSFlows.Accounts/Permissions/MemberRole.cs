using System.Collections.Frozen;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Permissions;

/// <summary>What a member is in the tenant: a built-in role, or one that the tenant made for itself.</summary>
/// <param name="BuiltIn">Null for one of the tenant's own.</param>
/// <param name="Own">Null for a built-in one.</param>
/// <param name="Name">For people.</param>
/// <param name="Permissions">What it grants.</param>
public sealed record MemberRole(Role? BuiltIn, RoleId? Own, string Name, IReadOnlySet<string> Permissions)
{
    internal const string Custom = "custom";

    private static readonly FrozenSet<string> Nothing = FrozenSet<string>.Empty;

    /// <summary>What requests call it: the built-in role's name, or the id of the tenant's own.</summary>
    public string Key => BuiltIn?.Text() ?? Own?.ToString() ?? Custom;

    internal bool IsTenantWide => BuiltIn?.IsTenantWide() == true;

    internal static MemberRole Of(Role role) => new(role, null, role.Text(), role.Permissions());

    /// <summary>From the columns of a membership and its role. What is unknown grants nothing.</summary>
    internal static MemberRole Read(string role, Guid? own, string? name, string[]? permissions) =>
        RoleGrants.Parse(role) is { } builtIn
            ? Of(builtIn)
            : new(null, own is { } id ? new RoleId(id) : null, name ?? role, permissions?.Where(Permission.All.Contains).ToFrozenSet() ?? Nothing);

    /// <summary>Nobody gives, changes or takes away a role that may do more than oneself, or in more places.</summary>
    internal bool IsWithin(MemberRole giver, Caller caller) =>
        Permissions.IsSubsetOf(giver.Permissions) && Permissions.IsSubsetOf(caller.Permissions) && (!IsTenantWide || (giver.IsTenantWide && caller.Communities.IsWholeTenant));
}
