using System.Text;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

internal static class ArrayMethods
{
    public static Dictionary<string, Function> All { get; } =
        new()
        {
            ["join"] = OfArray(0, 1, Join),
            ["reverse"] = OfArray(0, 0, Reverse),
            ["flat"] = OfArray(0, 1, Flat),
        };

    /// <summary>Unlike <c>indexOf</c>, finds NaN.</summary>
    public static ExpressionValue Includes(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        ExpressionValue.From(Find(ref context, target, arguments, IsNaN(arguments[0])) >= 0);

    public static ExpressionValue IndexOf(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        ExpressionValue.From((double)Find(ref context, target, arguments, wantsNaN: false));

    public static ExpressionValue Slice(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var items = Members.Items(ref context, target);
        var start = arguments.Position(ref context, 0, items.Length, 0);
        var end = arguments.Position(ref context, 1, items.Length, items.Length);
        return ExpressionValue.From(items[start..Math.Max(start, end)].ToArray());
    }

    public static ExpressionValue Concat(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        List<ExpressionValue> result = [.. Members.Items(ref context, target)];
        for (var i = 0; i < arguments.Count; i++)
        {
            AddFlattened(ref context, result, arguments[i], 1);
        }

        return ToArray(ref context, result);
    }

    private static Function OfArray(int least, int most, FunctionBody body) =>
        new(
            least,
            most,
            (ref context, in target, arguments) =>
                target.Kind == ValueKind.Array ? body(ref context, target, arguments) : FunctionTable.RefuseTarget(ref context, target, arguments)
        );

    private static bool IsNaN(in ExpressionValue value) => value.Kind == ValueKind.Number && double.IsNaN(value.Number);

    private static int Find(ref EvaluationContext context, in ExpressionValue target, Arguments arguments, bool wantsNaN)
    {
        var items = Members.Items(ref context, target);
        for (var i = arguments.Position(ref context, 1, items.Length, 0); i < items.Length && !context.Failed; i++)
        {
            if (wantsNaN ? IsNaN(items[i]) : Equality.Strict(ref context, items[i], arguments[0]))
            {
                return i;
            }
        }

        return -1;
    }

    private static ExpressionValue Join(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var separator = arguments.Has(0) ? arguments.Text(ref context, 0) : ",";
        var builder = new StringBuilder();
        var first = true;
        foreach (var item in Members.Items(ref context, target))
        {
            var text = item.IsNullish ? "" : Operators.ToText(ref context, item);
            var before = first ? "" : separator;
            if (!context.ReserveText((double)builder.Length + before.Length + text.Length, before.Length + text.Length))
            {
                return default;
            }

            builder.Append(before).Append(text);
            first = false;
        }

        return ExpressionValue.From(builder.ToString());
    }

    /// <summary>A reversed copy: nothing here changes a value.</summary>
    private static ExpressionValue Reverse(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var items = Members.Items(ref context, target).ToArray();
        Array.Reverse(items);
        return ExpressionValue.From(items);
    }

    private static ExpressionValue Flat(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var depth = Math.Clamp(arguments.Integer(ref context, 0, 1), 0, 2 * ExpressionLimits.MaxDepth);
        List<ExpressionValue> result = [];
        AddFlattened(ref context, result, target, (int)depth + 1);
        return ToArray(ref context, result);
    }

    private static void AddFlattened(ref EvaluationContext context, List<ExpressionValue> result, in ExpressionValue value, int depth)
    {
        if (value.Kind != ValueKind.Array || depth == 0)
        {
            result.Add(value);
            return;
        }

        foreach (var item in Members.Items(ref context, value))
        {
            AddFlattened(ref context, result, item, depth - 1);
        }
    }

    private static ExpressionValue ToArray(ref EvaluationContext context, List<ExpressionValue> items) =>
        context.ReserveItems(items.Count) ? ExpressionValue.From([.. items]) : default;
}
