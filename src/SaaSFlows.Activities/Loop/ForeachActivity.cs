using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Loop;

/// <summary>Runs its body for each entry of a list.</summary>
internal sealed class ForeachActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "loop_foreach",
            Category = "loop",
            DisplayName = "For each",
            Icon = "repeat",
            Description =
                "Runs what is connected to loop once for each entry of a list, then goes on by complete. At most 10,000 entries; more are an "
                + "error, never cut.",
            Produces = "loop: the entry; complete: a list of what each round's last node put out",
            Outputs = ["loop", "complete", "error"],
            PortAliases = LoopPorts.Aliases,
            IsLoop = true,
            BodyNames = [("item_variable", "item"), ("index_variable", "index")],
            ConfigAliases = new Dictionary<string, string> { ["collection_variable"] = "array_variable" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["array_variable"],
                  "properties": {
                    "array_variable": {
                      "type": ["string", "array"],
                      "title": "List",
                      "description": "The list: a name such as payload.items, a template, or a list. It is taken once, when the loop starts.",
                      "x-name": "required"
                    },
                    "item_variable": {
                      "type": "string",
                      "title": "Name of the entry",
                      "description": "How the body calls the entry; loop.item works as well.",
                      "default": "item",
                      "minLength": 1,
                      "maxLength": 200,
                      "x-literal": true
                    },
                    "index_variable": {
                      "type": "string",
                      "title": "Name of its place",
                      "description": "How the body calls the entry's place, from 0; loop.index works as well.",
                      "default": "index",
                      "minLength": 1,
                      "maxLength": 200,
                      "x-literal": true
                    },
                    "max_iterations": {
                      "type": "integer",
                      "title": "Entries at most",
                      "description": "A longer list fails the node before the first entry.",
                      "default": 10000,
                      "minimum": 1,
                      "maximum": 10000,
                      "x-literal": true
                    },
                    "max_parallel": {
                      "type": "integer",
                      "title": "Side by side",
                      "description": "Entries that are worked on at the same time.",
                      "default": 1,
                      "minimum": 1,
                      "maximum": 1000,
                      "x-literal": true
                    },
                    "collect": {
                      "type": "boolean",
                      "title": "Collect results",
                      "description": "Puts out, as results, what the last node of the body put out for each entry; 256 KiB together at most.",
                      "default": false,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var config = context.Config;
        var list =
            config.Raw("array_variable") is { ValueKind: JsonValueKind.String } name && !name.GetString()!.Contains("{{", StringComparison.Ordinal)
                ? context.Named(name.GetString()!)
                : config.Value("array_variable");
        return new(
            list.ValueKind == JsonValueKind.Array
                ? new ActivityResult.Iterating(LoopPorts.MaxIterations(config))
                {
                    Items = list,
                    ItemVariable = config.Text("item_variable") ?? "item",
                    IndexVariable = config.Text("index_variable") ?? "index",
                    MaxParallel = config.Has("max_parallel") ? config.Raw("max_parallel").GetInt32() : 1,
                    Collect = LoopPorts.Collects(config),
                }
                : new ActivityResult.Failed("loop.not_a_list", $"array_variable must be a list, but is {list.Shown()}.", Retryable: false)
        );
    }
}
