using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Sends what arrived to one of two ports.</summary>
internal sealed class IfActivity : IConfigRules
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "condition_if",
            Category = "condition",
            DisplayName = "If",
            Icon = "arrows-split-2",
            Description = "Passes on what arrived by true if the conditions hold, else by false.",
            Produces = "what arrived",
            Outputs = ["true", "false", "error"],
            ConfigSchema = JsonElement.Parse(
                $$$"""
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["condition"],
                  "properties": {
                    "condition": {
                      "title": "Conditions",
                      "description":
                      "All of them must hold. One can be an expression such as {{ total > 5 }}, also alone. Groups are written {\"and\": […]}, {\"or\": […]} and {\"not\": …}.",
                      "x-widget": "conditions",
                      "$ref": "#/$defs/condition"
                    }
                  },
                  {{{ConditionSchema.Definitions}}}
                }
                """
            ),
        };

    public IEnumerable<string> Problems(JsonElement config) => ConditionRules.Problems("condition", config);

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var verdict = new ConditionEvaluator(context.Named).Evaluate(context.Config.Raw("condition"), context.Config.Value("condition"));
        return new(verdict.Failure ?? (ActivityResult)new ActivityResult.Completed(verdict.Holds ? "true" : "false", context.Input));
    }
}
