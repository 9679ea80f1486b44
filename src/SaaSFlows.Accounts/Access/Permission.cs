using System.Collections.Frozen;

namespace SaaSFlows.Accounts.Access;

/// <summary>The permission strings, as tokens, roles and API keys carry them.</summary>
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

    /// <summary>Members, invitations, and who has which role.</summary>
    public const string ManageMembers = "manage:members";

    /// <summary>The tenant's own roles.</summary>
    public const string ManageRoles = "manage:roles";

    /// <summary>Service accounts, and other people's API keys.</summary>
    public const string ManageServiceAccounts = "manage:service_accounts";

    /// <summary>Communities and their entities.</summary>
    public const string ManageCommunities = "manage:communities";

    /// <summary>Who acts in a community, and as what: also a community's own admin's, there.</summary>
    public const string ManageCommunityMembers = "manage:community_members";

    /// <summary>The tenant's settings, trusted issuers, and the export of all its data.</summary>
    public const string ManageTenant = "manage:tenant";

    public const string ReadAudit = "read:audit";

    /// <summary>What the tenant pays: its owners'.</summary>
    public const string ManageBilling = "manage:billing";

    /// <summary>To end the tenant, and to take that back: its owners'.</summary>
    public const string DeleteTenant = "delete:tenant";

    /// <summary>Every permission that exists: what is not in here can't be granted.</summary>
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
