namespace SaaSFlows.Activities.Conditions;

/// <summary>The shape of conditions, for every schema that has some.</summary>
internal static class ConditionSchema
{
    /// <summary>A schema's <c>$defs</c>; its fields refer to <c>#/$defs/condition</c>.</summary>
    public const string Definitions = """
        "$defs": {
          "conditions": { "title": "a list", "type": "array", "minItems": 1, "maxItems": 100, "items": { "$ref": "#/$defs/condition" },
          "x-literal": true },
          "condition": {
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
                    "x-name": "required",
                    "minLength": 1
                  },
                  "operator": {
                    "type": "string",
                    "title": "Operator",
                    "enum": [
                      "equals", "not_equals", "greater_than", "less_than", "greater_equal", "less_equal", "contains", "not_contains",
                      "matches_regex", "in_list", "not_in_list", "exists", "not_exists", "is_empty", "is_not_empty", "starts_with", "ends_with",
                      "between", "before", "after"
                    ],
                    "x-literal": true
                  },
                  "value": { "title": "Value" }
                }
              },
              {
                "title": "an expression such as {{ total > 5 }}",
                "type": "string"
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
        """;
}
