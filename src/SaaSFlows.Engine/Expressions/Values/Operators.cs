using System.Text;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>What JavaScript's operators and conversions mean here.</summary>
internal static class Operators
{
    public static ExpressionValue Binary(ref EvaluationContext context, string symbol, in ExpressionValue left, in ExpressionValue right) =>
        symbol switch
        {
            "+" => Add(ref context, left, right),
            "-" => ExpressionValue.From(ToNumber(ref context, left) - ToNumber(ref context, right)),
            "*" => ExpressionValue.From(ToNumber(ref context, left) * ToNumber(ref context, right)),
            "/" => ExpressionValue.From(ToNumber(ref context, left) / ToNumber(ref context, right)),
            "%" => ExpressionValue.From(ToNumber(ref context, left) % ToNumber(ref context, right)),
            "===" => ExpressionValue.From(Equality.Strict(ref context, left, right)),
            "!==" => ExpressionValue.From(!Equality.Strict(ref context, left, right)),
            "==" => ExpressionValue.From(Equality.Loose(ref context, left, right)),
            "!=" => ExpressionValue.From(!Equality.Loose(ref context, left, right)),
            "in" => ExpressionValue.From(Members.Has(ref context, right, left)),
            _ => ExpressionValue.From(IsInOrder(ref context, symbol, left, right)),
        };

    /// <summary>A secret is truthy: an expression may ask whether it is there.</summary>
    public static bool IsTruthy(in ExpressionValue value) =>
        value.Kind switch
        {
            ValueKind.Undefined or ValueKind.Null => false,
            ValueKind.Boolean => value.Boolean,
            ValueKind.Number => value.Number != 0 && !double.IsNaN(value.Number),
            ValueKind.String => value.Computed is { } text ? text.Length > 0 : !value.Json.ValueEquals(""),
            _ => true,
        };

    public static string TypeOf(in ExpressionValue value) =>
        value.Kind switch
        {
            ValueKind.Undefined => "undefined",
            ValueKind.Boolean => "boolean",
            ValueKind.Number => "number",
            ValueKind.String or ValueKind.Secret => "string",
            _ => "object",
        };

    public static double ToNumber(ref EvaluationContext context, in ExpressionValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Boolean or ValueKind.Number:
                return value.Number;
            case ValueKind.Null:
                return 0;
            case ValueKind.String:
                return NumberText.Parse(context.Text(value));
            case ValueKind.Secret:
                RefuseSecret(ref context);
                return double.NaN;
            default:
                return double.NaN;
        }
    }

    /// <summary>
    /// The value as text: JavaScript's, except that arrays and objects become JSON and integers that are still JSON keep all their digits.
    /// </summary>
    public static string ToText(ref EvaluationContext context, in ExpressionValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.String:
                return context.Text(value);
            case ValueKind.Boolean:
                return value.Boolean ? "true" : "false";
            case ValueKind.Number:
                return NumberOf(value);
            case ValueKind.Null:
                return "null";
            case ValueKind.Undefined:
                return "undefined";
            case ValueKind.Secret:
                RefuseSecret(ref context);
                return "";
            default:
                var builder = new StringBuilder();
                JsonText.Append(ref context, builder, value, JsonStyle.Stringify);
                return builder.ToString();
        }
    }

    public static string NumberOf(in ExpressionValue value) =>
        value.IsJson && value.Json.GetRawText() is var raw && IsLongInteger(raw) ? raw : NumberText.Format(value.Number);

    public static ExpressionValue RefuseSecret(ref EvaluationContext context) =>
        context.Fail(ExpressionErrorCodes.Secret, "A secret can be passed on, but not compared or transformed.");

    private static ExpressionValue Add(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right)
    {
        if (!IsTextual(left) && !IsTextual(right))
        {
            return ExpressionValue.From(ToNumber(ref context, left) + ToNumber(ref context, right));
        }

        var (first, second) = (ToText(ref context, left), ToText(ref context, right));
        return context.ReserveText((long)first.Length + second.Length) ? ExpressionValue.From(first + second) : default;
    }

    private static bool IsTextual(in ExpressionValue value) => value.Kind is ValueKind.String or ValueKind.Array or ValueKind.Object;

    private static bool IsInOrder(ref EvaluationContext context, string symbol, in ExpressionValue left, in ExpressionValue right)
    {
        if (left.Kind == ValueKind.String && right.Kind == ValueKind.String)
        {
            var order = string.CompareOrdinal(context.Text(left), context.Text(right));
            return symbol switch
            {
                "<" => order < 0,
                ">" => order > 0,
                "<=" => order <= 0,
                _ => order >= 0,
            };
        }

        var (a, b) = (ToNumber(ref context, left), ToNumber(ref context, right));
        return symbol switch
        {
            "<" => a < b,
            ">" => a > b,
            "<=" => a <= b,
            _ => a >= b,
        };
    }

    /// <summary>An id as other systems send it: more digits than a double is sure to keep.</summary>
    private static bool IsLongInteger(string raw) => raw.Length >= 16 && !raw.AsSpan(raw[0] == '-' ? 1 : 0).ContainsAnyExceptInRange('0', '9');
}
