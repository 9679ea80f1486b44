using System.Text.Json;
using SaaSFlows.Activities.Conditions;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Loop;

/// <summary>Ends the loop around it.</summary>
internal sealed class BreakActivity : IConfigRules
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "loop_break",
            Category = "loop",
            DisplayName = "Break",
            Icon = "logout",
            Description =
                "Ends the loop around it if the conditions hold; everything that still runs in the loop is cancelled. Otherwise the iteration "
                + "goes on by continue. If nothing is connected to break, the loop goes on by its complete.",
            Produces = "what arrived",
            Outputs = ["break", "continue", "error"],
            IsBreak = true,
            ConfigSchema = JsonElement.Parse(
                $$$"""
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "break_condition": {
                      "title": "Conditions",
                      "description":
                      "All of them must hold. One can be an expression such as {{ total > 5 }}, also alone. Left out: it always breaks.",
                      "x-widget": "conditions",
                      "$ref": "#/$defs/condition"
                    }
                  },
                  {{{ConditionSchema.Definitions}}}
                }
                """
            ),
        };

    public IEnumerable<string> Problems(JsonElement config) => ConditionRules.Problems("break_condition", config);

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var verdict = context.Config.Has("break_condition")
            ? new ConditionEvaluator(context.Named).Evaluate(context.Config.Raw("break_condition"), context.Config.Value("break_condition"))
            : true;
        return new(verdict.Failure ?? (ActivityResult)new ActivityResult.Completed(verdict.Holds ? "break" : "continue", context.Input));
    }
}
