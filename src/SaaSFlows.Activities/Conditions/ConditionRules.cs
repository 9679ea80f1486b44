using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Activities.Conditions;

/// <summary>What a condition's schema cannot say.</summary>
internal static class ConditionRules
{
    /// <summary>Whether an expression decides, in the condition or somewhere inside it.</summary>
    public static bool HasExpression(JsonElement condition) => Expressions(condition, "").Any();

    /// <summary>Texts that are no expression, as sentences. Around an expression there must be nothing: text is always true.</summary>
    public static IEnumerable<string> Problems(string field, JsonElement config)
    {
        if (!config.TryGetProperty(field, out var condition))
        {
            yield break;
        }

        foreach (var (place, text) in Expressions(condition, field))
        {
            if (!text.Contains("{{", StringComparison.Ordinal))
            {
                yield return $"'{place}' is no condition: write an expression as {{{{ {text} }}}}.";
            }
            else if (CompiledValue.TryCompileTemplate(text, out var compiled, out _) && (!compiled.IsOneExpression || !StartsWithExpression(text)))
            {
                yield return $"'{place}' must be one expression with nothing around it: text is always true.";
            }
        }
    }

    // Four braces are two that mean nothing.
    private static bool StartsWithExpression(string text) => text.StartsWith("{{", StringComparison.Ordinal) && !text.StartsWith("{{{{", StringComparison.Ordinal);

    private static IEnumerable<(string Place, string Text)> Expressions(JsonElement condition, string place) => condition.ValueKind switch
    {
        JsonValueKind.String => [(place, condition.GetString()!)],
        JsonValueKind.Array => condition.EnumerateArray().SelectMany((entry, index) => Expressions(entry, $"{place}[{index}]")),
        JsonValueKind.Object => condition.EnumerateObject().Where(group => group.Name is "and" or "or" or "not").SelectMany(group => Expressions(group.Value, $"{place}.{group.Name}")),
        _ => [],
    };
}
