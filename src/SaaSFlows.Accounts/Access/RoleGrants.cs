using System.Collections.Frozen;

namespace SaaSFlows.Accounts.Access;

/// <summary>The permissions of the built-in roles.</summary>
public static class RoleGrants
{
    private static readonly FrozenSet<string> _viewer = FrozenSet.Create(
        Permission.ReadWorkflows,
        Permission.ReadExecutions,
        Permission.ReadLogs,
        Permission.ReadChat
    );

    private static readonly FrozenSet<string> _operator = _viewer
        .Union([Permission.ExecuteWorkflows, Permission.CancelExecutions, Permission.WriteChat])
        .ToFrozenSet();

    private static readonly FrozenSet<string> _editor = _operator
        .Union([
            Permission.CreateWorkflows,
            Permission.UpdateWorkflows,
            Permission.DeleteWorkflows,
            Permission.PublishWorkflows,
            Permission.ManageWebhooks,
            Permission.ManageSchedules,
            Permission.ManageCredentials,
        ])
        .ToFrozenSet();

    private static readonly FrozenSet<string> _admin = _editor
        .Union([
            Permission.ManageMembers,
            Permission.ManageRoles,
            Permission.ManageServiceAccounts,
            Permission.ManageCommunities,
            Permission.ManageCommunityMembers,
            Permission.ManageTenant,
            Permission.ReadAudit,
        ])
        .ToFrozenSet();

    private static readonly FrozenSet<string> _owner = _admin.Union([Permission.ManageBilling, Permission.DeleteTenant]).ToFrozenSet();

    /// <summary>The permissions of a role.</summary>
    public static IReadOnlySet<string> Permissions(this Role role) =>
        role switch
        {
            Role.Owner => _owner,
            Role.Admin => _admin,
            Role.Editor => _editor,
            Role.Operator => _operator,
            Role.Viewer => _viewer,
        };

    /// <summary>Whether the role has access to every community of the tenant. The others need a membership.</summary>
    internal static bool IsTenantWide(this Role role) => role is Role.Owner or Role.Admin;

    /// <summary>Reads a role from its text in the database and in tokens. Unknown text gives null, which has no permissions.</summary>
    internal static Role? Parse(string text) =>
        text switch
        {
            "owner" => Role.Owner,
            "admin" => Role.Admin,
            "editor" => Role.Editor,
            "operator" => Role.Operator,
            "viewer" => Role.Viewer,
            _ => null,
        };

    internal static string Text(this Role role) =>
        role switch
        {
            Role.Owner => "owner",
            Role.Admin => "admin",
            Role.Editor => "editor",
            Role.Operator => "operator",
            Role.Viewer => "viewer",
        };
}
