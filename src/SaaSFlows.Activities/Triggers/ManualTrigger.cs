using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Triggers;

internal sealed class ManualTrigger : TriggerActivity, IConfigRules
{
    private const string InputSchemaField = "input_schema";

    public override ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.TriggerManual,
            Category = "trigger",
            DisplayName = "Manual start",
            Icon = "player-play",
            Description = "Starts the workflow when somebody presses Run or calls the API. Puts out the variables that were given.",
            Produces = "the variables that were given",
            IsTrigger = true,
            InputSchemaIn = InputSchemaField,
            Inputs = [],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "input_schema": {
                      "type": "object",
                      "title": "Input form",
                      "description":
                      "A JSON Schema of what the workflow wants to be given: a start with anything else is refused, and the Run dialog draws its form from it.",
                      "x-widget": "json",
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public IEnumerable<string> Problems(JsonElement config) =>
        config.TryGetProperty(InputSchemaField, out var schema)
        && schema.ValueKind == JsonValueKind.Object
        && !InputSchema.TryCompile(schema, out _, out var problem)
            ? [problem]
            : [];
}
