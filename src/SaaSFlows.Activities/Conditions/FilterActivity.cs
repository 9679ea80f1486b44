using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Keeps the entries of a list for which conditions hold.</summary>
internal sealed class FilterActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } = new()
    {
        Type = "condition_filter",
        Category = "condition",
        DisplayName = "Filter list",
        Icon = "filter",
        Description = "Puts out the entries of a list for which the conditions hold.",
        ConfigSchema = JsonElement.Parse($$"""
            {
              "type": "object",
              "additionalProperties": false,
              "required": ["input_array", "condition"],
              "properties": {
                "input_array": {
                  "type": ["string", "array"],
                  "title": "List",
                  "description": "The list: a name such as payload.items, a template, or a list."
                },
                "condition": {
                  "title": "Conditions",
                  "description": "All of them must hold for an entry. The names item (the entry), item.<field> and index (from 0) stand for it. Templates are evaluated once, before the first entry.",
                  "x-widget": "conditions",
                  "$ref": "#/$defs/condition"
                },
                "output_variable": {
                  "type": "string",
                  "title": "Variable",
                  "description": "A variable that is set to the kept entries as well.",
                  "minLength": 1,
                  "maxLength": 200,
                  "x-literal": true
                }
              },
              {{ConditionSchema.Definitions}}
            }
            """),
    };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var list = context.Config.Raw("input_array") is { ValueKind: JsonValueKind.String } name && !name.GetString()!.Contains("{{", StringComparison.Ordinal)
            ? context.Lookup(name.GetString()!)
            : context.Config.Value("input_array");
        return new(list.ValueKind == JsonValueKind.Array
            ? Filter(context, list)
            : new ActivityResult.Failed("filter.not_a_list", $"input_array must be a list, but is {list.Shown()}.", Retryable: false));
    }

    private static ActivityResult Filter(IActivityContext context, JsonElement list)
    {
        var (written, evaluated) = (context.Config.Raw("condition"), context.Config.Value("condition"));
        var kept = new List<JsonElement>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            var verdict = new ConditionEvaluator(name => Named(context, name, item, index)).Evaluate(written, evaluated);
            if (verdict.Failure is { } failure)
            {
                return failure;
            }

            if (verdict.Holds)
            {
                kept.Add(item);
            }
        }

        var output = kept.Count == list.GetArrayLength() ? list : JsonSerializer.SerializeToElement(kept);
        if (context.Config.Text("output_variable") is { } variable)
        {
            context.SetVariable(variable, output);
        }

        return new ActivityResult.Completed("output", output);
    }

    private static JsonElement Named(IActivityContext context, string name, JsonElement item, int index) => name switch
    {
        "item" => item,
        "index" => JsonSerializer.SerializeToElement(index),
        _ when name.StartsWith("item.", StringComparison.Ordinal) => item.At(name["item.".Length..]),
        _ => context.Lookup(name),
    };
}
