using SaaSFlows.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Chooses the trigger node of a start.</summary>
internal static class TriggerNodes
{
    /// <summary>For a webhook: the named trigger; else the only webhook trigger; else the first trigger. Null if there is no such.</summary>
    public static string? ForWebhook(WorkflowDefinition definition, ActivityCatalogue catalogue, string? named)
    {
        var triggers = definition.Nodes.Where(node => catalogue.TryFind(node.Type, out var activity) && activity.Descriptor.IsTrigger).ToList();
        if (named is not null)
        {
            return triggers.Find(node => node.Id.Value == named)?.Id.Value;
        }

        var webhooks = triggers.FindAll(node => node.Type == NodeTypes.TriggerWebhook);
        return (webhooks.Count == 1 ? webhooks[0] : triggers.FirstOrDefault())?.Id.Value;
    }

    /// <summary>For a start: the named trigger; else the manual one; else the only one. Null if there is none, or if there are several.</summary>
    public static NodeId? ForStart(IReadOnlyList<TriggerNode> triggers, string? named)
    {
        var enabled = triggers.Where(trigger => trigger.Enabled).ToList();
        return named is not null
            ? enabled.Find(trigger => trigger.Id.Value == named)?.Id
            : enabled.Find(trigger => trigger.Descriptor.Type == NodeTypes.TriggerManual)?.Id ?? (enabled.Count == 1 ? enabled[0].Id : null);
    }

    public static string Explain(IReadOnlyList<TriggerNode> triggers, string? named)
    {
        var choices = string.Join(", ", triggers.Where(trigger => trigger.Enabled).Select(trigger => trigger.Id.Value));
        return choices.Length == 0 ? "can't be chosen: the workflow has no enabled trigger."
            : named is null ? $"is needed: choose one of {choices}."
            : $"'{named}' is not an enabled trigger of the workflow: choose one of {choices}.";
    }
}
