using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Activities.Conditions;

/// <summary>What a condition's schema cannot say.</summary>
internal static class ConditionRules
{
    /// <summary>Whether an expression decides, in the condition or somewhere inside it.</summary>
    public static bool HasExpression(JsonElement condition) => Expressions(condition, "").Any();

    /// <summary>
    /// As sentences: texts that are no expression (around one there must be nothing: text is always true), and values with which an operator can't
    /// compare anything.
    /// </summary>
    public static IEnumerable<string> Problems(string field, JsonElement config)
    {
        if (!config.TryGetProperty(field, out var condition))
        {
            yield break;
        }

        foreach (var problem in Values(condition, field))
        {
            yield return problem;
        }

        foreach (var (place, text) in Expressions(condition, field))
        {
            if (!text.Contains("{{", StringComparison.Ordinal))
            {
                yield return $"'{place}' is no condition: write an expression as {{{{ {(string.IsNullOrWhiteSpace(text) ? "total > 5" : text)} }}}}.";
            }
            else if (CompiledValue.TryCompileTemplate(text, out var compiled, out _) && (!compiled.IsOneExpression || !StartsWithExpression(text)))
            {
                yield return $"'{place}' must be one expression with nothing around it: text is always true.";
            }
        }
    }

    /// <summary>What is wrong with the values that comparisons are written with; templates come later.</summary>
    private static IEnumerable<string> Values(JsonElement condition, string place)
    {
        foreach (var (at, comparison) in Comparisons(condition, place))
        {
            var (symbol, hasValue) = (comparison.GetProperty("operator").GetString()!, comparison.TryGetProperty("value", out var value));
            if (!(hasValue && value.GetRawText().Contains("{{", StringComparison.Ordinal)) && Operators.Problem(symbol, value) is { } problem)
            {
                yield return $"'{at}.value': {problem}";
            }
        }
    }

    private static IEnumerable<(string Place, JsonElement Comparison)> Comparisons(JsonElement condition, string place) =>
        condition.ValueKind switch
        {
            JsonValueKind.Array => condition.EnumerateArray().SelectMany((entry, index) => Comparisons(entry, $"{place}[{index}]")),
            JsonValueKind.Object when condition.TryGetProperty("operator", out _) => [(place, condition)],
            JsonValueKind.Object => condition.EnumerateObject().SelectMany(group => Comparisons(group.Value, $"{place}.{group.Name}")),
            _ => [],
        };

    // Four braces are two that mean nothing.
    private static bool StartsWithExpression(string text) =>
        text.StartsWith("{{", StringComparison.Ordinal) && !text.StartsWith("{{{{", StringComparison.Ordinal);

    private static IEnumerable<(string Place, string Text)> Expressions(JsonElement condition, string place) =>
        condition.ValueKind switch
        {
            JsonValueKind.String => [(place, condition.GetString()!)],
            JsonValueKind.Array => condition.EnumerateArray().SelectMany((entry, index) => Expressions(entry, $"{place}[{index}]")),
            JsonValueKind.Object => condition
                .EnumerateObject()
                .Where(group => group.Name is "and" or "or" or "not")
                .SelectMany(group => Expressions(group.Value, $"{place}.{group.Name}")),
            _ => [],
        };
}
