using System.Text.Json;
using SaaSFlows.Activities.Conditions;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Loop;

/// <summary>Runs its body as long as conditions hold.</summary>
internal sealed class WhileActivity : IConfigRules
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "loop_while",
            Category = "loop",
            DisplayName = "While",
            Icon = "refresh",
            Description =
                "Runs what is connected to loop as long as the conditions hold, then goes on by complete. At most 10,000 times; more are an "
                + "error, never cut.",
            Produces = "loop: what arrived; complete: a list of what each round's last node put out",
            Outputs = ["loop", "complete", "error"],
            PortAliases = LoopPorts.Aliases,
            IsLoop = true,
            BodyNames = [(null, "index")],
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
                      "All of them must hold. One can be an expression such as {{ total > 5 }}, also alone. They are decided before each iteration, the first included.",
                      "x-widget": "conditions",
                      "$ref": "#/$defs/condition"
                    },
                    "max_iterations": {
                      "type": "integer",
                      "title": "Iterations at most",
                      "description": "Conditions that hold once more fail the node.",
                      "default": 10000,
                      "minimum": 1,
                      "maximum": 10000,
                      "x-literal": true
                    },
                    "collect": {
                      "type": "boolean",
                      "title": "Collect results",
                      "description": "Puts out, as results, what the last node of the body put out in each iteration; 256 KiB together at most.",
                      "default": false,
                      "x-literal": true
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
        var config = context.Config;
        var verdict = new ConditionEvaluator(context.Named).Evaluate(config.Raw("condition"), config.Value("condition"));
        return new(
            verdict.Failure
                ?? (
                    verdict.Holds
                        ? new ActivityResult.Iterating(LoopPorts.MaxIterations(config))
                        {
                            IndexVariable = "index",
                            Collect = LoopPorts.Collects(config),
                        }
                        : (ActivityResult)new ActivityResult.Completed("complete", default)
                )
        );
    }
}
