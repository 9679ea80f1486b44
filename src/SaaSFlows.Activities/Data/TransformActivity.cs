using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Data;

/// <summary>Computes variables from expressions.</summary>
internal sealed class TransformActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "data_transform",
            Category = "data",
            DisplayName = "Transform",
            Icon = "transform",
            Description = "Computes variables from expressions and puts out what it computed, as an object.",
            Produces = "what was computed, an object",
            Outputs = ["output", "error"],
            ExpressionsIn = "transformations",
            VariablesFrom = ["transformations"],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["transformations"],
                  "properties": {
                    "transformations": {
                      "type": "object",
                      "title": "Variables",
                      "description":
                      "Names and expressions, with or without braces: {\"total\": \"price * amount\", \"greeting\": \"'Hello ' + username\"}. All of them see the values from before.",
                      "x-widget": "key-value"
                    },
                    "expression_language": {
                      "type": "string",
                      "title": "Language",
                      "enum": ["expression"],
                      "default": "expression",
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var computed = context.Config.Value("transformations");
        if (computed.ValueKind != JsonValueKind.Object)
        {
            return new(
                new ActivityResult.Failed(
                    "transform.not_an_object",
                    $"transformations must be names and expressions, but is {computed.Shown()}.",
                    Retryable: false
                )
            );
        }

        foreach (var variable in computed.EnumerateObject())
        {
            context.SetVariable(variable.Name, variable.Value);
        }

        return new(new ActivityResult.Completed("output", computed));
    }
}
