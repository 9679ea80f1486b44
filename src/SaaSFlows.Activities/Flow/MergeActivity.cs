using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Flow;

/// <summary>Joins branches. The engine decides when it runs and gives it the gathered values as an array.</summary>
internal sealed class MergeActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "flow_merge",
            Category = "flow",
            DisplayName = "Merge",
            Icon = "git-merge",
            Description = "Waits for several branches and goes on once. Branches that can no longer arrive are not waited for.",
            Produces = "by `merge_strategy`",
            Outputs = ["output", "error"],
            IsMerge = true,
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "input_ports_required": {
                      "type": "integer",
                      "title": "Branches to wait for",
                      "description": "-1 waits for every branch that can still arrive; 1 goes on with the first one. Later ones are dropped.",
                      "default": -1,
                      "maximum": 1000,
                      "anyOf": [{ "title": "-1", "enum": [-1] }, { "title": "1 or more", "minimum": 1 }],
                      "x-literal": true
                    },
                    "merge_strategy": {
                      "type": "string",
                      "title": "Result",
                      "description":
                      "append: a list of what the branches brought, as inputs. combine: their objects as one; on equal names the later connection wins. first: what the first of the connections brought; with 1 branch to wait for, what arrived first.",
                      "enum": ["append", "combine", "first"],
                      "default": "append",
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        new(
            context.Config.Text("merge_strategy") switch
            {
                "combine" => Combine(context.Input),
                "first" => new ActivityResult.Completed("output", context.Input[0]),
                _ => new ActivityResult.Completed(
                    "output",
                    JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { ["inputs"] = context.Input })
                ),
            }
        );

    private static ActivityResult Combine(JsonElement inputs)
    {
        var combined = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var input in inputs.EnumerateArray())
        {
            if (input.ValueKind != JsonValueKind.Object)
            {
                return new ActivityResult.Failed(
                    "merge.not_an_object",
                    $"combine joins objects, but one branch brought {input.Shown()}.",
                    Retryable: false
                );
            }

            foreach (var field in input.EnumerateObject())
            {
                combined[field.Name] = field.Value;
            }
        }

        return new ActivityResult.Completed("output", JsonSerializer.SerializeToElement(combined));
    }
}
