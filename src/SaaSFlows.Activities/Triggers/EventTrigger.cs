using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

/// <summary>Which events start it is decided by <see cref="Events.EventMatch"/>.</summary>
internal sealed class EventTrigger : TriggerActivity
{
    public override ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.TriggerEvent,
            Category = "trigger",
            DisplayName = "Event",
            Icon = "bolt",
            Description =
                "Starts the workflow when an event of a type is published in its community. Puts out event_id, event_type, data, aggregate_id, "
                + "aggregate_type, metadata and published_at.",
            Produces = "`event_id`, `event_type`, `data`, `aggregate_id`, `aggregate_type`, `metadata`, `published_at`",
            IsTrigger = true,
            TriggerFields = ["event_id", "event_type", "data", "aggregate_id", "aggregate_type", "metadata", "published_at"],
            PayloadField = "data",
            Inputs = [],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["event_type"],
                  "properties": {
                    "event_type": {
                      "type": "string",
                      "title": "Event",
                      "description": "The event's type, such as order.paid.",
                      "pattern": "^[A-Za-z0-9_.:-]{1,200}$",
                      "x-literal": true
                    },
                    "platforms": {
                      "type": "array",
                      "title": "Platforms",
                      "description": "Only events whose metadata.platform is one of these. Empty: from anywhere.",
                      "items": { "type": "string", "minLength": 1, "maxLength": 100, "x-literal": true },
                      "maxItems": 100,
                      "x-literal": true
                    },
                    "event_filters": {
                      "type": "object",
                      "title": "Filters",
                      "description":
                      "Fields of the event's data and what they must equal, such as {\"order.status\": \"paid\"}. A list means any of its entries.",
                      "x-widget": "key-value",
                      "additionalProperties": { "x-literal": true },
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };
}
