using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Keeps the entries of a list for which conditions hold.</summary>
internal sealed class FilterActivity : IConfigRules
{
    private const int MostEntries = 10_000;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "condition_filter",
            Category = "condition",
            DisplayName = "Filter list",
            Icon = "filter",
            Description = "Puts out the entries of a list for which the conditions hold.",
            Produces = "the kept entries, a list",
            Outputs = ["output", "error"],
            VariablesFrom = ["output_variable"],
            OwnNames = ["item", "index"],
            ConfigSchema = JsonElement.Parse(
                $$$"""
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["input_array", "condition"],
                  "properties": {
                    "input_array": {
                      "type": ["string", "array"],
                      "title": "List",
                      "description": "The list: a name such as payload.items, a template, or a list.",
                      "x-name": "required"
                    },
                    "condition": {
                      "title": "Conditions",
                      "description":
                      "All of them must hold for an entry. The names item (the entry), item.<field> and index (from 0) stand for it. An expression such as {{ item.price > 5 }} sees them too, and is evaluated for each of at most 10,000 entries; other templates are evaluated once, before the first entry.",
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
                  {{{ConditionSchema.Definitions}}}
                }
                """
            ),
        };

    public IEnumerable<string> Problems(JsonElement config) => ConditionRules.Problems("condition", config);

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var list =
            context.Config.Raw("input_array") is { ValueKind: JsonValueKind.String } name
            && !name.GetString()!.Contains("{{", StringComparison.Ordinal)
                ? context.Named(name.GetString()!)
                : context.Config.Value("input_array");
        return new(
            list.ValueKind == JsonValueKind.Array
                ? Filter(context, list, ct)
                : new ActivityResult.Failed("filter.not_a_list", $"input_array must be a list, but is {list.Shown()}.", Retryable: false)
        );
    }

    private static ActivityResult Filter(IActivityContext context, JsonElement list, CancellationToken ct)
    {
        var written = context.Config.Raw("condition");
        var hasExpression = ConditionRules.HasExpression(written);
        if (hasExpression && list.GetArrayLength() > MostEntries)
        {
            return new ActivityResult.Failed(
                "filter.too_many",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"An expression can judge {MostEntries:N0} entries, but the list has {list.GetArrayLength():N0}."
                ),
                Retryable: false
            );
        }

        var evaluated = hasExpression ? default : context.Config.Value("condition");
        var kept = new List<JsonElement>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            ct.ThrowIfCancellationRequested();
            var values = hasExpression ? context.Config.Value("condition", Own(item, index)) : evaluated;
            var verdict = new ConditionEvaluator(name => Named(context, name, item, index)).Evaluate(written, values);
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

    private static Dictionary<string, JsonElement> Own(JsonElement item, int index) =>
        new(StringComparer.Ordinal) { ["item"] = item, ["index"] = JsonSerializer.SerializeToElement(index) };

    private static JsonElement Named(IActivityContext context, string name, JsonElement item, int index) =>
        name switch
        {
            "item" => item,
            "index" => JsonSerializer.SerializeToElement(index),
            _ when name.StartsWith("item.", StringComparison.Ordinal) => item.At(name["item.".Length..]),
            _ => context.Named(name),
        };
}
