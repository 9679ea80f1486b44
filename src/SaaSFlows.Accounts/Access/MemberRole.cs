using System.Collections.Frozen;
using System.Data.Common;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>What a member is in the tenant: a built-in role, or one that the tenant made for itself.</summary>
/// <param name="BuiltIn">Null for one of the tenant's own.</param>
/// <param name="Own">Null for a built-in one.</param>
/// <param name="Name">For people.</param>
/// <param name="Permissions">What it grants.</param>
public sealed record MemberRole(Role? BuiltIn, RoleId? Own, string Name, IReadOnlySet<string> Permissions)
{
    internal const string Custom = "custom";

    private static readonly FrozenSet<string> Nothing = FrozenSet<string>.Empty;

    private static readonly MemberRole[] BuiltIns =
    [
        .. Enum.GetValues<Role>().Select(role => new MemberRole(role, null, role.Text(), role.Permissions())),
    ];

    /// <summary>What requests call it: the built-in role's name, or the id of the tenant's own.</summary>
    public string Key => BuiltIn?.Text() ?? Own?.ToString() ?? Custom;

    /// <summary>The two columns that it is stored in.</summary>
    internal (string Role, object OwnId) Columns => (BuiltIn?.Text() ?? Custom, (object?)Own?.Value ?? DBNull.Value);

    internal bool IsTenantWide => BuiltIn?.IsTenantWide() == true;

    internal static MemberRole Of(Role role) => BuiltIns[(int)role];

    /// <summary>From the columns of a membership and its role. What is unknown grants nothing.</summary>
    internal static MemberRole Read(string role, Guid? own, string? name, string[]? permissions) =>
        RoleGrants.Parse(role) is { } builtIn
            ? Of(builtIn)
            : new(null, own is { } id ? new RoleId(id) : null, name ?? role, permissions?.Where(Permission.All.Contains).ToFrozenSet() ?? Nothing);

    /// <summary>From a row: role, role's id, its name, its permissions, beginning at a column.</summary>
    internal static MemberRole Read(DbDataReader row, int at) =>
        Read(row.GetString(at), row.GetValue(at + 1) as Guid?, row.GetValue(at + 2) as string, row.GetValue(at + 3) as string[]);

    /// <summary>What both grant.</summary>
    internal MemberRole Narrow(MemberRole other) =>
        Permissions.IsSubsetOf(other.Permissions) ? this
        : other.Permissions.IsSubsetOf(Permissions) ? other
        : new(null, null, Custom, Permissions.Where(other.Permissions.Contains).ToFrozenSet());

    /// <summary>Nobody hands out more than they may do themselves, or in more places.</summary>
    internal bool IsWithin(Caller caller) => Permissions.IsSubsetOf(caller.Permissions) && (!IsTenantWide || caller.Communities.IsWholeTenant);

    /// <summary>
    /// In a community what counts is the role that the caller has there: the one in the tenant bounds the member's as it bounds the caller's.
    /// </summary>
    internal bool IsWithin(Caller caller, CommunityId community) => Permissions.IsSubsetOf(In(caller, community));

    /// <summary>Nobody gives, changes or takes away a role that may do more than oneself, or in more places.</summary>
    internal bool IsWithin(MemberRole giver, Caller caller) =>
        Permissions.IsSubsetOf(giver.Permissions) && (!IsTenantWide || giver.IsTenantWide) && IsWithin(caller);

    /// <summary>Why somebody who may do only that may not give, change or take away this role.</summary>
    internal AccountsError.PermissionDenied Beyond(IReadOnlySet<string> own) =>
        Permissions.Where(permission => !own.Contains(permission)).Order().ToList() is [var first, ..] missing
            ? new(
                first,
                "role.beyond_own",
                $"The role {Name} has permissions that you do not have: {string.Join(", ", missing)}. Ask a member who has them."
            )
            : new(
                Permission.ManageTenant,
                "role.beyond_own",
                $"The role {Name} has access to every community of the tenant, and you do not. Ask a member who has."
            );

    /// <summary>The same within a community.</summary>
    internal AccountsError.PermissionDenied Beyond(Caller caller, CommunityId community) => Beyond(In(caller, community));

    private static IReadOnlySet<string> In(Caller caller, CommunityId community) =>
        caller.Communities.IsWholeTenant ? caller.Permissions : caller.Communities.Roles.GetValueOrDefault(community)?.Permissions ?? Nothing;
}
