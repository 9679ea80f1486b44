using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using SaaSFlows.Activities.Events;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Finds the trigger nodes of published workflows that match an event.</summary>
internal sealed class EventTriggers(TenantDatabase database)
{
    /// <param name="workflow">Only this workflow; null for all in the scope.</param>
    public async Task<List<TriggerRow>> FindAsync(TenantScope scope, string type, JsonElement payload, WorkflowId? workflow, CancellationToken ct)
    {
        var triggers = await database.RunAsync(
            scope,
            (db, cancel) =>
                db.GrantedTriggers()
                    .Where(trigger => trigger.Kind == "event" && trigger.Key == type && (workflow == null || trigger.WorkflowId == workflow))
                    .OrderBy(trigger => trigger.WorkflowId)
                    .ThenBy(trigger => trigger.NodeId)
                    .ToListAsync(cancel),
            ct
        );
        return triggers.FindAll(trigger =>
        {
            var config = JsonElement.Parse(trigger.Config);
            return EventMatch.Matches(
                JsonSerializer.SerializeToElement(new { platforms = Field(config, "platforms"), filters = Field(config, "event_filters") }),
                payload
            );
        });
    }

    private static JsonElement? Field(JsonElement config, string name) => config.TryGetProperty(name, out var field) ? field : null;
}
