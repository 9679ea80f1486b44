using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

/// <param name="Least">Fewest arguments.</param>
/// <param name="Most">Most arguments.</param>
internal sealed record Function(int Least, int Most, FunctionBody Body)
{
    /// <summary>For messages: how many arguments there may be.</summary>
    public string Arity =>
        (Least, Most) switch
        {
            (0, 0) => "no arguments",
            (1, 1) => "1 argument",
            (_, int.MaxValue) => $"{Least} or more arguments",
            _ when Least == Most => $"{Least} arguments",
            _ => $"{Least} to {Most} arguments",
        };
}

/// <param name="target">What the method is called on; undefined for a function.</param>
internal delegate ExpressionValue FunctionBody(ref EvaluationContext context, in ExpressionValue target, Arguments arguments);

/// <summary>The evaluated arguments of one call; a missing one is undefined.</summary>
internal readonly struct Arguments(string function, ExpressionValue[] values)
{
    public string Function => function;

    public int Count => values.Length;

    public ExpressionValue this[int index] => index < values.Length ? values[index] : default;

    public bool Has(int index) => this[index].Kind != ValueKind.Undefined;

    public string Text(ref EvaluationContext context, int index) => Operators.ToText(ref context, this[index]);

    /// <summary>A whole number, truncated; 0 for what is no number.</summary>
    public double Integer(ref EvaluationContext context, int index, double missing = 0)
    {
        var number = Has(index) ? Operators.ToNumber(ref context, this[index]) : missing;
        return double.IsNaN(number) ? 0 : Math.Truncate(number);
    }

    /// <summary>A position between 0 and <paramref name="length"/>; a negative one counts from the end.</summary>
    public int Position(ref EvaluationContext context, int index, int length, int missing)
    {
        var position = Integer(ref context, index, missing);
        return (int)Math.Clamp(position < 0 ? position + length : position, 0, length);
    }

    /// <summary>A position between 0 and <paramref name="length"/>; a negative one is 0.</summary>
    public int PositionFromStart(ref EvaluationContext context, int index, int length, int missing) =>
        (int)Math.Clamp(Integer(ref context, index, missing), 0, length);
}
