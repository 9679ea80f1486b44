using System.Collections.Frozen;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Functions;

/// <summary>The closed list. What is not here can't be called; all of it is pure.</summary>
internal static class FunctionTable
{
    public static FrozenDictionary<string, Function> Functions { get; } =
        MathFunctions.All.Concat(GlobalFunctions.All).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Methods by name. Strings and arrays share some: the target decides.</summary>
    public static FrozenDictionary<string, Function> Methods { get; } =
        StringMethods.All.Concat(ArrayMethods.All).Concat(NumberMethods.All).Concat(SharedMethods()).ToFrozenDictionary(StringComparer.Ordinal);

    public static FrozenSet<string> Namespaces { get; } =
        Functions
            .Keys.Where(name => name.Contains('.', StringComparison.Ordinal))
            .Select(name => name.Split('.')[0])
            .ToFrozenSet(StringComparer.Ordinal);

    public static ExpressionValue RefuseTarget(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        context.Fail(ExpressionErrorCodes.Type, $"A value of type {Operators.TypeOf(target)} has no method '{arguments.Function}'.");

    private static Dictionary<string, Function> SharedMethods() =>
        new()
        {
            ["includes"] = new(1, 2, Either(StringMethods.Includes, ArrayMethods.Includes)),
            ["indexOf"] = new(1, 2, Either(StringMethods.IndexOf, ArrayMethods.IndexOf)),
            ["slice"] = new(0, 2, Either(StringMethods.Slice, ArrayMethods.Slice)),
            ["concat"] = new(0, int.MaxValue, Either(StringMethods.Concat, ArrayMethods.Concat)),
            ["at"] = new(1, 1, Either(At, At)),
            ["toString"] = new(0, 1, ToText),
        };

    private static FunctionBody Either(FunctionBody ofString, FunctionBody ofArray) =>
        (ref context, in target, arguments) =>
            target.Kind switch
            {
                ValueKind.String => ofString(ref context, target, arguments),
                ValueKind.Array => ofArray(ref context, target, arguments),
                _ => RefuseTarget(ref context, target, arguments),
            };

    private static ExpressionValue At(ref EvaluationContext context, in ExpressionValue target, Arguments arguments)
    {
        var index = arguments.Integer(ref context, 0);
        var length = index < 0 ? Members.Get(ref context, target, "length").Number : 0;
        return Members.At(ref context, target, index + length);
    }

    private static ExpressionValue ToText(ref EvaluationContext context, in ExpressionValue target, Arguments arguments) =>
        target.Kind == ValueKind.Number && arguments.Has(0)
            ? NumberMethods.ToRadix(ref context, target, arguments)
            : ExpressionValue.From(Operators.ToText(ref context, target));
}
