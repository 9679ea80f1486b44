namespace SaaSFlows.Accounts.Access;

/// <summary>The rights that can be granted on a workflow. The numbers are stored in the database.</summary>
[Flags]
public enum WorkflowRights
{
    None = 0,

    /// <summary>To see it, its executions and their logs. Every other right includes this one.</summary>
    View = 1,

    /// <summary>To change, publish, pause and share it, and its webhooks.</summary>
    Edit = 2,

    /// <summary>To start and try it, and to cancel and retry its executions.</summary>
    Execute = 4,

    /// <summary>To archive it.</summary>
    Delete = 8,

    /// <summary>To set the grants.</summary>
    ManagePermissions = 16,

    /// <summary>All rights that an unrestricted workflow gives to every caller with the permissions.</summary>
    All = View | Edit | Execute | Delete | ManagePermissions,
}

/// <summary>The rights' names on the wire.</summary>
public static class WorkflowRightNames
{
    /// <summary>The names of all these rights.</summary>
    public static IEnumerable<string> Names(this WorkflowRights rights) =>
        Enum.GetValues<WorkflowRights>().Where(right => int.IsPow2((int)right) && rights.HasFlag(right)).Select(Text);

    /// <summary>The name of one right.</summary>
    public static string Text(this WorkflowRights right) =>
        right switch
        {
            WorkflowRights.View => "can_view",
            WorkflowRights.Edit => "can_edit",
            WorkflowRights.Execute => "can_execute",
            WorkflowRights.Delete => "can_delete",
            WorkflowRights.ManagePermissions => "can_manage_permissions",
            _ => throw new ArgumentOutOfRangeException(nameof(right), right, "Not one right."),
        };
}
