namespace SaaSFlows.Accounts.Permissions;

/// <summary>The permission strings, as tokens carry them.</summary>
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
    public const string ManageMembers = "manage:members";
    public const string ReadChat = "read:chat";
    public const string WriteChat = "write:chat";
}
