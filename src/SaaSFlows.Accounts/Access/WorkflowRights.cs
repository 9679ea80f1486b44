namespace SaaSFlows.Accounts.Access;

/// <summary>What somebody can be granted on one workflow. The numbers are those of the database.</summary>
[Flags]
public enum WorkflowRights
{
    None = 0,

    /// <summary>To see it, its executions and their logs. Whoever may do anything may do this.</summary>
    View = 1,

    /// <summary>To change, publish, pause and share it, and its webhooks.</summary>
    Edit = 2,

    /// <summary>To start and try it, and to cancel and retry its executions.</summary>
    Execute = 4,

    /// <summary>To archive it.</summary>
    Delete = 8,

    /// <summary>To say who is granted what.</summary>
    ManagePermissions = 16,

    /// <summary>What a workflow without grants leaves to its caller's permissions.</summary>
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
