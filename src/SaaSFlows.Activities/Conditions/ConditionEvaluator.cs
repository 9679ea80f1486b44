using System.Text.Json;

namespace SaaSFlows.Activities.Conditions;

/// <summary>
/// Decides a condition: a list (all must hold), a group (<c>and</c>, <c>or</c>, <c>not</c>), a comparison or an expression. It walks what the author
/// wrote beside what the templates made of it: a variable's name is taken from the former only, so that no visitor's text is ever looked up as a
/// name.
/// </summary>
internal sealed class ConditionEvaluator(Func<string, JsonElement> lookup)
{
    /// <param name="written">As the author wrote it. Its shape was checked against the schema, which allows templates in variable and value
    /// only.</param>
    /// <param name="evaluated">The same with templates evaluated.</param>
    public ConditionVerdict Evaluate(JsonElement written, JsonElement evaluated)
    {
        if (written.ValueKind == JsonValueKind.Array)
        {
            return EvaluateList(written, evaluated, until: false);
        }

        if (written.ValueKind == JsonValueKind.String && written.GetString()!.Contains("{{", StringComparison.Ordinal))
        {
            return IsTrue(evaluated);
        }

        if (written.ValueKind != JsonValueKind.Object)
        {
            return ConditionVerdict.Undecidable(
                "condition.bad_shape",
                $"A condition must be a list, a group, a comparison or an expression, but is {written.Shown()}."
            );
        }

        if (written.TryGetProperty("and", out var and))
        {
            return EvaluateList(and, evaluated.GetProperty("and"), until: false);
        }

        if (written.TryGetProperty("or", out var or))
        {
            return EvaluateList(or, evaluated.GetProperty("or"), until: true);
        }

        if (written.TryGetProperty("not", out var not))
        {
            var verdict = Evaluate(not, evaluated.GetProperty("not"));
            return verdict with { Holds = !verdict.Holds };
        }

        return Compare(written, evaluated);
    }

    /// <summary>Goes through the entries until one is <paramref name="until"/>, or cannot be decided.</summary>
    private ConditionVerdict EvaluateList(JsonElement written, JsonElement evaluated, bool until)
    {
        if (written.ValueKind != JsonValueKind.Array || evaluated.ValueKind != JsonValueKind.Array)
        {
            return ConditionVerdict.Undecidable("condition.bad_shape", $"A group of conditions must be a list, but is {written.Shown()}.");
        }

        foreach (var (entry, value) in written.EnumerateArray().Zip(evaluated.EnumerateArray()))
        {
            var verdict = Evaluate(entry, value);
            if (verdict.Failure is not null || verdict.Holds == until)
            {
                return verdict;
            }
        }

        return !until;
    }

    // As expressions decide: JavaScript's rule.
    private static bool IsTrue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.Number => value.GetDouble() != 0,
            JsonValueKind.String => !value.ValueEquals(""),
            _ => true,
        };

    private ConditionVerdict Compare(JsonElement written, JsonElement evaluated)
    {
        var name = written.GetProperty("variable").GetString()!;
        var actual = name.Contains("{{", StringComparison.Ordinal) ? evaluated.GetProperty("variable") : lookup(name);
        evaluated.TryGetProperty("value", out var expected);
        return Operators.Apply(written.GetProperty("operator").GetString()!, actual, expected);
    }
}
