using System.Collections.Frozen;
using System.Data.Common;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access;

/// <summary>The role of a member: a built-in role or a custom role of the tenant.</summary>
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

    /// <summary>The name in requests: the name of a built-in role, or the id of a custom role.</summary>
    public string Key => BuiltIn?.Text() ?? Own?.ToString() ?? Custom;

    /// <summary>The two columns that it is stored in.</summary>
    internal (string Role, object OwnId) Columns => (BuiltIn?.Text() ?? Custom, (object?)Own?.Value ?? DBNull.Value);

    internal bool IsTenantWide => BuiltIn?.IsTenantWide() == true;

    internal static MemberRole Of(Role role) => BuiltIns[(int)role];

    /// <summary>Reads the columns of a membership and its role. An unknown role has no permissions.</summary>
    internal static MemberRole Read(string role, Guid? own, string? name, string[]? permissions) =>
        RoleGrants.Parse(role) is { } builtIn
            ? Of(builtIn)
            : new(null, own is { } id ? new RoleId(id) : null, name ?? role, permissions?.Where(Permission.All.Contains).ToFrozenSet() ?? Nothing);

    /// <summary>Reads role, role id, name and permissions from a row, beginning at a column.</summary>
    internal static MemberRole Read(DbDataReader row, int at) =>
        Read(row.GetString(at), row.GetValue(at + 1) as Guid?, row.GetValue(at + 2) as string, row.GetValue(at + 3) as string[]);

    /// <summary>Returns the permissions that both roles have.</summary>
    internal MemberRole Narrow(MemberRole other) =>
        Permissions.IsSubsetOf(other.Permissions) ? this
        : other.Permissions.IsSubsetOf(Permissions) ? other
        : new(null, null, Custom, Permissions.Where(other.Permissions.Contains).ToFrozenSet());

    /// <summary>Whether the caller has all permissions and communities of this role, and so can give it.</summary>
    internal bool IsWithin(Caller caller) => Permissions.IsSubsetOf(caller.Permissions) && (!IsTenantWide || caller.Communities.IsWholeTenant);

    /// <summary>In a community, the caller's role there counts. The tenant's roles bound the roles of both in the same way.</summary>
    internal bool IsWithin(Caller caller, CommunityId community) => Permissions.IsSubsetOf(In(caller, community));

    /// <summary>Returns an error if this role has permissions or communities that the caller lacks.</summary>
    internal bool IsWithin(MemberRole giver, Caller caller) =>
        Permissions.IsSubsetOf(giver.Permissions) && (!IsTenantWide || giver.IsTenantWide) && IsWithin(caller);

    /// <summary>Returns the reason why a caller with these permissions can't give, change or remove this role; null if they can.</summary>
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
