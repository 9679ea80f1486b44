namespace SaaSFlows.Activities;

/// <summary>Names of node types that other modules treat specially.</summary>
public static class NodeTypes
{
    public const string RunWorkflow = "action_workflow";
    public const string TriggerCommand = "trigger_command";
    public const string TriggerEvent = "trigger_event";
    public const string TriggerManual = "trigger_manual";
    public const string TriggerSchedule = "trigger_schedule";
    public const string TriggerWebhook = "trigger_webhook";
}
