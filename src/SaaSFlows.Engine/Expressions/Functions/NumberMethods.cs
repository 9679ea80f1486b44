using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

internal static class NumberMethods
{
    private const double LargestFixed = 1e21;
    private const double LargestSafeInteger = 9_007_199_254_740_991;
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    public static Dictionary<string, Function> All { get; } = new() { ["toFixed"] = new(0, 1, ToFixed) };

    /// <summary><c>toString(radix)</c> of a whole number.</summary>
    public static ExpressionValue ToRadix(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var radix = arguments.Integer(ref context, 0);
        if (radix is < 2 or > 36)
        {
            return context.Fail(ExpressionErrorCodes.Value, "The radix of 'toString' must be between 2 and 36.");
        }

        if (radix == 10)
        {
            return ExpressionValue.From(Operators.ToText(ref context, target));
        }

        if (target.Number != Math.Truncate(target.Number) || Math.Abs(target.Number) > LargestSafeInteger)
        {
            return context.Fail(ExpressionErrorCodes.Value, "'toString' with a radix takes whole numbers only.");
        }

        var text = "";
        for (var rest = (long)Math.Abs(target.Number); rest > 0 || text.Length == 0; rest /= (long)radix)
        {
            text = Digits[(int)(rest % (long)radix)] + text;
        }

        return ExpressionValue.From(target.Number < 0 ? "-" + text : text);
    }

    private static ExpressionValue ToFixed(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        if (target.Kind != ValueKind.Number)
        {
            return FunctionTable.RefuseTarget(ref context, target, arguments);
        }

        var decimals = arguments.Integer(ref context, 0);
        if (decimals is < 0 or > 100)
        {
            return context.Fail(ExpressionErrorCodes.Value, "'toFixed' takes 0 to 100 decimals.");
        }

        return ExpressionValue.From(
            Math.Abs(target.Number) < LargestFixed ? NumberText.Fixed(target.Number, (int)decimals) : NumberText.Format(target.Number)
        );
    }
}
