using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

internal sealed class ManualTrigger : TriggerActivity
{
    public override ActivityDescriptor Descriptor { get; } = new()
    {
        Type = NodeTypes.TriggerManual,
        Category = "trigger",
        DisplayName = "Manual start",
        Icon = "player-play",
        Description = "Starts the workflow when somebody presses Run or calls the API. Puts out the variables that were given.",
        IsTrigger = true,
        Inputs = [],
        ConfigSchema = JsonElement.Parse("""
            {
              "type": "object",
              "additionalProperties": false,
              "properties": {
                "input_schema": {
                  "type": "object",
                  "title": "Input form",
                  "description": "A JSON Schema of what the workflow wants to be given. The Run dialog draws its form from it.",
                  "x-widget": "json",
                  "x-literal": true
                }
              }
            }
            """),
    };
}
