using System.Globalization;
using System.Text;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>Reads what is inside strings, arrays and objects. There are no prototypes: <c>constructor</c> is a member like any other.</summary>
internal static class Members
{
    private const int PropertiesPerStep = 16;
    private const int IndexPerStep = 256;

    public static ExpressionValue Get(ref EvaluationContext context, in ExpressionValue target, string name) =>
        Get(ref context, target, name, target is { Kind: ValueKind.Object, IsJson: true } ? Encoding.UTF8.GetBytes(name) : []);

    public static ExpressionValue Get(ref EvaluationContext context, in ExpressionValue target, string name, ReadOnlySpan<byte> utf8Name)
    {
        switch (target.Kind)
        {
            case ValueKind.Object when target.IsJson:
                context.Spend(target.Json.GetPropertyCount() / PropertiesPerStep);
                return JsonAccess.TryGetProperty(target.Json, name, utf8Name, out var json) ? ExpressionValue.From(json)
                    : target.Fallback?.TryGetValue(name, out var other) == true ? other
                    : default;
            case ValueKind.Object:
                return target.Properties.TryGetValue(name, out var value) ? value : default;
            case ValueKind.Array or ValueKind.String when name == "length":
                return ExpressionValue.From((double)(target.Kind == ValueKind.Array ? Count(target) : context.Text(target).Length));
            case ValueKind.Array or ValueKind.String when TryParseIndex(name, out var index):
                return At(ref context, target, index);
            default:
                return default;
        }
    }

    public static ExpressionValue GetIndexed(ref EvaluationContext context, in ExpressionValue target, in ExpressionValue key) =>
        key.Kind == ValueKind.Number && target.Kind != ValueKind.Object
            ? At(ref context, target, key.Number)
            : Get(ref context, target, Operators.ToText(ref context, key));

    public static bool Has(ref EvaluationContext context, in ExpressionValue target, in ExpressionValue key)
    {
        var name = Operators.ToText(ref context, key);
        switch (target.Kind)
        {
            case ValueKind.Object when target.IsJson:
                context.Spend(target.Json.GetPropertyCount() / PropertiesPerStep);
                return JsonAccess.TryGetProperty(target.Json, name, Encoding.UTF8.GetBytes(name), out _);
            case ValueKind.Object:
                return target.Properties.ContainsKey(name);
            case ValueKind.Array:
                return name == "length" || (TryParseIndex(name, out var index) && index < Count(target));
            default:
                context.Fail(ExpressionErrorCodes.Type, "The right side of 'in' must be an object or an array.");
                return false;
        }
    }

    /// <summary>The character or element at an index; undefined when there is none.</summary>
    public static ExpressionValue At(ref EvaluationContext context, in ExpressionValue target, double index)
    {
        if (target.Kind == ValueKind.String)
        {
            var text = context.Text(target);
            return IsWithin(index, text.Length) ? ExpressionValue.From(text[(int)index].ToString()) : default;
        }

        if (target.Kind != ValueKind.Array || !IsWithin(index, Count(target)))
        {
            return default;
        }

        context.Spend(target.IsJson ? (int)index / IndexPerStep : 0);
        return target.IsJson ? ExpressionValue.From(target.Json[(int)index]) : target.Items[(int)index];
    }

    /// <summary>How many elements an array, or members an object, has.</summary>
    public static int Count(in ExpressionValue target) =>
        target switch
        {
            { IsJson: true, Kind: ValueKind.Array } => target.Json.GetArrayLength(),
            { IsJson: true } => target.Json.GetPropertyCount(),
            { Kind: ValueKind.Array } => target.Items.Length,
            _ => target.Properties.Count,
        };

    /// <summary>All elements of an array; none when the evaluation can't afford them.</summary>
    public static ReadOnlySpan<ExpressionValue> Items(ref EvaluationContext context, in ExpressionValue array)
    {
        if (!context.ReserveItems(Count(array)))
        {
            return [];
        }

        return array.IsJson ? array.Json.EnumerateArray().Select(ExpressionValue.From).ToArray() : array.Items;
    }

    /// <summary>All members of an object, the last of equal names; none when the evaluation can't afford them.</summary>
    public static IEnumerable<KeyValuePair<string, ExpressionValue>> Entries(ref EvaluationContext context, in ExpressionValue target)
    {
        if (!context.ReserveItems(Count(target)))
        {
            return [];
        }

        if (!target.IsJson)
        {
            return target.Properties;
        }

        var entries = new OrderedDictionary<string, ExpressionValue>(Count(target), StringComparer.Ordinal);
        foreach (var property in target.Json.EnumerateObject())
        {
            entries[JsonAccess.Name(property)] = ExpressionValue.From(property.Value);
        }

        return entries;
    }

    private static bool IsWithin(double index, int count) => index >= 0 && index < count && index == Math.Truncate(index);

    private static bool TryParseIndex(string name, out int index) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out index) && (name.Length == 1 || name[0] != '0');
}
