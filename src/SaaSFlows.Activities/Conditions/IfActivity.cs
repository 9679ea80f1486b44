using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Sends what arrived to one of two ports.</summary>
internal sealed class IfActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } = new()
    {
        Type = "condition_if",
        Category = "condition",
        DisplayName = "If",
        Icon = "arrows-split-2",
        Description = "Passes on what arrived by true if the conditions hold, else by false.",
        Outputs = ["true", "false"],
        ConfigSchema = JsonElement.Parse("""
            {
              "type": "object",
              "additionalProperties": false,
              "required": ["condition"],
              "properties": {
                "condition": {
                  "title": "Conditions",
                  "description": "All of them must hold. Groups are written {\"and\": […]}, {\"or\": […]} and {\"not\": …}.",
                  "x-widget": "conditions",
                  "$ref": "#/$defs/condition"
                }
              },
              "$defs": {
                "conditions": { "title": "a list", "type": "array", "minItems": 1, "maxItems": 100, "items": { "$ref": "#/$defs/condition" }, "x-literal": true },
                "condition": {
                  "x-literal": true,
                  "anyOf": [
                    {
                      "title": "a comparison (variable, operator, value)",
                      "type": "object",
                      "additionalProperties": false,
                      "required": ["variable", "operator"],
                      "properties": {
                        "variable": {
                          "type": "string",
                          "title": "Variable",
                          "description": "A name such as payload.amount or variables.total, or a template.",
                          "minLength": 1
                        },
                        "operator": {
                          "type": "string",
                          "title": "Operator",
                          "enum": [
                            "equals", "not_equals", "greater_than", "less_than", "greater_equal", "less_equal", "contains", "not_contains",
                            "matches_regex", "in_list", "not_in_list", "exists", "is_empty", "starts_with", "ends_with"
                          ],
                          "x-literal": true
                        },
                        "value": { "title": "Value" }
                      }
                    },
                    { "$ref": "#/$defs/conditions" },
                    {
                      "title": "a group (and)",
                      "type": "object",
                      "additionalProperties": false,
                      "required": ["and"],
                      "properties": { "and": { "$ref": "#/$defs/conditions" } }
                    },
                    {
                      "title": "a group (or)",
                      "type": "object",
                      "additionalProperties": false,
                      "required": ["or"],
                      "properties": { "or": { "$ref": "#/$defs/conditions" } }
                    },
                    {
                      "title": "a group (not)",
                      "type": "object",
                      "additionalProperties": false,
                      "required": ["not"],
                      "properties": { "not": { "$ref": "#/$defs/condition" } }
                    }
                  ]
                }
              }
            }
            """),
    };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var verdict = new ConditionEvaluator(context.Lookup).Evaluate(context.Config.Raw("condition"), context.Config.Value("condition"));
        return new(verdict.Failure ?? (ActivityResult)new ActivityResult.Completed(verdict.Holds ? "true" : "false", context.Input));
    }
}
