using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

internal static class MathFunctions
{
    public static Dictionary<string, Function> All { get; } =
        new()
        {
            ["Math.abs"] = OfOne(Math.Abs),
            ["Math.floor"] = OfOne(Math.Floor),
            ["Math.ceil"] = OfOne(Math.Ceiling),
            ["Math.round"] = OfOne(Round),
            ["Math.sqrt"] = OfOne(Math.Sqrt),
            ["Math.trunc"] = OfOne(Math.Truncate),
            ["Math.sign"] = OfOne(static x => double.IsNaN(x) || x == 0 ? x : Math.Sign(x)),
            ["Math.min"] = OfMany(double.PositiveInfinity, Math.Min),
            ["Math.max"] = OfMany(double.NegativeInfinity, Math.Max),
            ["Math.pow"] = new(
                2,
                2,
                static (ref context, in _, arguments) =>
                    ExpressionValue.From(Power(Operators.ToNumber(ref context, arguments[0]), Operators.ToNumber(ref context, arguments[1])))
            ),
        };

    private static Function OfOne(Func<double, double> compute) =>
        new(1, 1, (ref context, in _, arguments) => ExpressionValue.From(compute(Operators.ToNumber(ref context, arguments[0]))));

    private static Function OfMany(double start, Func<double, double, double> combine) =>
        new(
            0,
            int.MaxValue,
            (ref context, in _, arguments) =>
            {
                var result = start;
                for (var i = 0; i < arguments.Count; i++)
                {
                    result = combine(result, Operators.ToNumber(ref context, arguments[i]));
                }

                return ExpressionValue.From(result);
            }
        );

    /// <summary>Ties go up, also for negative numbers; a zero keeps its sign.</summary>
    private static double Round(double x)
    {
        var floor = Math.Floor(x);
        return Math.CopySign(x - floor >= 0.5 ? floor + 1 : floor, x);
    }

    /// <summary>IEEE 754 says 1 where JavaScript says NaN.</summary>
    private static double Power(double x, double y) => double.IsNaN(y) || (Math.Abs(x) == 1 && double.IsInfinity(y)) ? double.NaN : Math.Pow(x, y);
}
