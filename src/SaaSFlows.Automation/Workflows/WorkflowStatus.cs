namespace SaaSFlows.Automation.Workflows;

/// <summary>The status of a workflow, as stored and as shown.</summary>
public static class WorkflowStatus
{
    public const string Draft = "draft";
    public const string Active = "active";
    public const string Archived = "archived";
}
