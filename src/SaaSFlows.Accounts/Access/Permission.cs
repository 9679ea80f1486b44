using System.Collections.Frozen;

namespace SaaSFlows.Accounts.Access;

/// <summary>The permissions, as tokens, roles and API keys contain them.</summary>
public static class Permission
{
    public const string CreateWorkflows = "create:workflows";
    public const string ReadWorkflows = "read:workflows";
    public const string UpdateWorkflows = "update:workflows";
    public const string DeleteWorkflows = "delete:workflows";
    public const string ExecuteWorkflows = "execute:workflows";
    public const string PublishWorkflows = "publish:workflows";
    public const string ReadExecutions = "read:executions";
    public const string CancelExecutions = "cancel:executions";
    public const string ReadLogs = "read:logs";
    public const string ManageWebhooks = "manage:webhooks";
    public const string ManageSchedules = "manage:schedules";
    public const string ManageCredentials = "manage:credentials";
    public const string ReadChat = "read:chat";
    public const string WriteChat = "write:chat";

    /// <summary>Members, invitations and the roles of members.</summary>
    public const string ManageMembers = "manage:members";

    /// <summary>The tenant's own roles.</summary>
    public const string ManageRoles = "manage:roles";

    /// <summary>Service accounts, and other people's API keys.</summary>
    public const string ManageServiceAccounts = "manage:service_accounts";

    /// <summary>Communities and their entities.</summary>
    public const string ManageCommunities = "manage:communities";

    /// <summary>The members of a community and their roles. Admins of a community have it in their community.</summary>
    public const string ManageCommunityMembers = "manage:community_members";

    /// <summary>The tenant's settings, trusted issuers, and the export of all its data.</summary>
    public const string ManageTenant = "manage:tenant";

    public const string ReadAudit = "read:audit";

    /// <summary>Billing of the tenant. Only owners have it.</summary>
    public const string ManageBilling = "manage:billing";

    /// <summary>Closing and restoring the tenant. Only owners have it.</summary>
    public const string DeleteTenant = "delete:tenant";

    /// <summary>All permissions. A permission that is missing here can't be granted.</summary>
    public static IReadOnlySet<string> All { get; } =
        FrozenSet.Create(
            CreateWorkflows,
            ReadWorkflows,
            UpdateWorkflows,
            DeleteWorkflows,
            ExecuteWorkflows,
            PublishWorkflows,
            ReadExecutions,
            CancelExecutions,
            ReadLogs,
            ManageWebhooks,
            ManageSchedules,
            ManageCredentials,
            ReadChat,
            WriteChat,
            ManageMembers,
            ManageRoles,
            ManageServiceAccounts,
            ManageCommunities,
            ManageCommunityMembers,
            ManageTenant,
            ReadAudit,
            ManageBilling,
            DeleteTenant
        );
}
