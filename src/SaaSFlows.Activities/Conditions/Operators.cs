using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Activities.Conditions;

/// <summary>
/// The comparisons. Text compares case-sensitively by character code. A number and text that is a number compare as numbers; so do two such
/// texts where order is asked for. A value that is missing is the same as null: it equals only null, and is in no order. Dates are ISO 8601 texts;
/// one without an offset is UTC. A value that is no date is neither before nor after one.
/// </summary>
internal static class Operators
{
    // What ISO 8601 allows that people and programs write: with and without seconds, fractions and an offset.
    private static readonly string[] DateForms =
    [
        "yyyy-MM-dd",
        "yyyy-MM-ddTHH:mmK",
        "yyyy-MM-ddTHH:mm:ssK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd HH:mm:ssK",
    ];

    private const int LongestPattern = 500;
    private const int LongestMatchedText = 10_000;

    public static ConditionVerdict Apply(string name, JsonElement actual, JsonElement expected) =>
        name switch
        {
            "equals" => AreEqual(actual, expected),
            "not_equals" => !AreEqual(actual, expected),
            "greater_than" => Order(actual, expected) > 0,
            "less_than" => Order(actual, expected) < 0,
            "greater_equal" => Order(actual, expected) >= 0,
            "less_equal" => Order(actual, expected) <= 0,
            "contains" => Contains(actual, expected),
            "not_contains" => !Contains(actual, expected),
            "matches_regex" => Matches(actual, expected),
            "in_list" => IsInList(actual, expected),
            "not_in_list" => !IsInList(actual, expected),
            "between" => Between(actual, expected),
            "before" => OrderDates(name, actual, expected, order => order < 0),
            "after" => OrderDates(name, actual, expected, order => order > 0),
            "exists" => !actual.IsMissing(),
            "not_exists" => actual.IsMissing(),
            "is_empty" => IsEmpty(actual),
            "is_not_empty" => !IsEmpty(actual),
            "starts_with" => BothTexts(actual, expected, static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
            "ends_with" => BothTexts(actual, expected, static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
            _ => ConditionVerdict.Undecidable("condition.unknown_operator", $"'{name}' is not an operator."),
        };

    /// <summary>Why the operator can compare nothing with this value, as a sentence; null if it can.</summary>
    public static string? Problem(string name, JsonElement expected) =>
        name switch
        {
            "between" => RangeProblem(expected),
            "before" or "after" => TryDate(expected, out _) ? null : DateProblem(name, expected),
            "matches_regex" => TryPattern(expected, out _, out var problem) ? null : problem,
            "greater_than" or "less_than" or "greater_equal" or "less_equal" => expected.ValueKind is JsonValueKind.Number or JsonValueKind.String
                ? null
                : $"{name} needs a number or a text to compare with, but has {Given(expected)}.",
            "contains" or "not_contains" or "in_list" or "not_in_list" or "starts_with" or "ends_with" => expected.IsMissing()
                ? $"{name} needs a value to compare with."
                : null,
            _ => null,
        };

    public static bool AreEqual(JsonElement left, JsonElement right)
    {
        if (left.IsMissing() || right.IsMissing())
        {
            return left.IsMissing() && right.IsMissing();
        }

        if (left.ValueKind == JsonValueKind.Number || right.ValueKind == JsonValueKind.Number)
        {
            return OrderNumbers(left, right) == 0;
        }

        // Forms and chat give truth values as text.
        return left.ScalarText() is { } text ? text == right.ScalarText() : JsonElement.DeepEquals(left, right);
    }

    private static int? Order(JsonElement left, JsonElement right) =>
        OrderNumbers(left, right)
        ?? (
            left.ValueKind == JsonValueKind.String && right.ValueKind == JsonValueKind.String
                ? string.CompareOrdinal(left.GetString(), right.GetString())
                : null
        );

    private static int? OrderNumbers(JsonElement left, JsonElement right)
    {
        if (!left.TryNumber(out var leftNumber) || !right.TryNumber(out var rightNumber))
        {
            return null;
        }

        var order = leftNumber.CompareTo(rightNumber);

        // Long ids differ only beyond the precision of a double.
        return order == 0 && TryExact(left, out var exactLeft) && TryExact(right, out var exactRight) ? exactLeft.CompareTo(exactRight) : order;
    }

    private static bool TryExact(JsonElement value, out decimal number) =>
        decimal.TryParse(value.ScalarText(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>
    /// From the first to the second of two values, both included: by time if all three are dates, else as greater_equal and less_equal compare.
    /// </summary>
    private static ConditionVerdict Between(JsonElement actual, JsonElement range)
    {
        if (RangeProblem(range) is { } problem)
        {
            return ConditionVerdict.Undecidable("condition.bad_range", problem);
        }

        return TryDate(actual, out var date) && TryDate(range[0], out var first) && TryDate(range[1], out var last)
            ? first <= date && date <= last
            : Order(actual, range[0]) >= 0 && Order(actual, range[1]) <= 0;
    }

    private static ConditionVerdict OrderDates(string name, JsonElement actual, JsonElement expected, Func<int, bool> holds)
    {
        if (!TryDate(expected, out var other))
        {
            return ConditionVerdict.Undecidable("condition.bad_date", DateProblem(name, expected));
        }

        return TryDate(actual, out var date) && holds(date.CompareTo(other));
    }

    private static string? RangeProblem(JsonElement range) =>
        range.ValueKind == JsonValueKind.Array && range.GetArrayLength() == 2
            ? null
            : $"between needs a list of two values, the least and the greatest, but has {Given(range)}.";

    private static string DateProblem(string name, JsonElement expected) =>
        $"{name} needs a date such as 2027-01-31 or 2027-01-31T09:00:00Z, but has {Given(expected)}.";

    private static string Given(JsonElement value) => value.IsMissing() ? "none" : value.Shown();

    private static bool TryDate(JsonElement value, out DateTimeOffset date)
    {
        date = default;
        return value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParseExact(
                value.GetString(),
                DateForms,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out date
            );
    }

    private static bool Contains(JsonElement whole, JsonElement part) =>
        whole.ValueKind switch
        {
            JsonValueKind.Array => whole.EnumerateArray().Any(entry => AreEqual(entry, part)),
            JsonValueKind.Object => part.ScalarText() is { } name && whole.TryGetProperty(name, out _),
            _ => BothTexts(whole, part, static (text, part) => text.Contains(part, StringComparison.Ordinal)),
        };

    public static bool IsInList(JsonElement value, JsonElement list) =>
        list.ValueKind switch
        {
            JsonValueKind.Array => list.EnumerateArray().Any(entry => AreEqual(value, entry)),
            JsonValueKind.String => list.GetString()!
                .Split(',', StringSplitOptions.TrimEntries)
                .Any(entry => AreEqual(value, JsonSerializer.SerializeToElement(entry))),
            _ => AreEqual(value, list),
        };

    private static bool IsEmpty(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => true,
            JsonValueKind.String => value.ValueEquals(""),
            JsonValueKind.Array => value.GetArrayLength() == 0,
            JsonValueKind.Object => value.GetPropertyCount() == 0,
            _ => false,
        };

    private static bool BothTexts(JsonElement left, JsonElement right, Func<string, string, bool> test) =>
        left.ScalarText() is { } leftText && right.ScalarText() is { } rightText && test(leftText, rightText);

    private static ConditionVerdict Matches(JsonElement actual, JsonElement expected)
    {
        if (!TryPattern(expected, out var pattern, out var problem))
        {
            return ConditionVerdict.Undecidable("condition.bad_regex", problem);
        }

        if (actual.ScalarText() is not { } text)
        {
            return false;
        }

        return text.Length <= LongestMatchedText
            ? pattern.IsMatch(text)
            : ConditionVerdict.Undecidable(
                "condition.text_too_long",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"matches_regex reads at most {LongestMatchedText:N0} characters, but the text has {text.Length:N0}."
                )
            );
    }

    // Linear in the text, whatever the pattern: no time limit is needed, which a replay could not keep.
    private static bool TryPattern(JsonElement expected, [NotNullWhen(true)] out Regex? pattern, [NotNullWhen(false)] out string? problem)
    {
        (pattern, problem) = (null, null);
        if (expected.ScalarText() is not { Length: <= LongestPattern } text)
        {
            problem = $"A regular expression must be text of at most {LongestPattern} characters, but is {expected.Shown()}.";
            return false;
        }

        try
        {
            pattern = new(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception refusal) when (refusal is ArgumentException or NotSupportedException)
        {
            problem = $"The regular expression {expected.Shown()} cannot be used: {refusal.Message}";
            return false;
        }
    }
}
