using System.Text;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary><c>===</c> and <c>==</c> as in JavaScript for simple values; arrays and objects are equal when their contents are.</summary>
internal static class Equality
{
    public static bool Strict(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right)
    {
        if (left.Kind == ValueKind.Secret || right.Kind == ValueKind.Secret)
        {
            Operators.RefuseSecret(ref context);
            return false;
        }

        return left.Kind == right.Kind
            && left.Kind switch
            {
                ValueKind.Boolean or ValueKind.Number => left.Number == right.Number,
                ValueKind.String => TextEquals(ref context, left, right),
                ValueKind.Array => ItemsEqual(ref context, left, right),
                ValueKind.Object => MembersEqual(ref context, left, right),
                _ => true,
            };
    }

    public static bool Loose(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right)
    {
        if (left.Kind == right.Kind || left.Kind == ValueKind.Secret || right.Kind == ValueKind.Secret)
        {
            return Strict(ref context, left, right);
        }

        return left.IsNullish || right.IsNullish
            ? left.IsNullish && right.IsNullish
            : IsSimple(left) && IsSimple(right) && Operators.ToNumber(ref context, left) == Operators.ToNumber(ref context, right);
    }

    private static bool IsSimple(in ExpressionValue value) => value.Kind is ValueKind.Boolean or ValueKind.Number or ValueKind.String;

    private static bool TextEquals(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right) =>
        (left.Computed, right.Computed) switch
        {
            (null, { } text) when Ascii.IsValid(text) => JsonAccess.TextEquals(left.Json, text),
            ({ } text, null) when Ascii.IsValid(text) => JsonAccess.TextEquals(right.Json, text),
            _ => context.Text(left) == context.Text(right),
        };

    private static bool ItemsEqual(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right)
    {
        var count = Members.Count(left);
        if (count != Members.Count(right))
        {
            return false;
        }

        var a = Members.Items(ref context, left);
        var b = Members.Items(ref context, right);
        for (var i = 0; !context.Failed && i < count; i++)
        {
            if (!Strict(ref context, a[i], b[i]))
            {
                return false;
            }
        }

        return !context.Failed;
    }

    private static bool MembersEqual(ref EvaluationContext context, in ExpressionValue left, in ExpressionValue right)
    {
        if (Members.Count(left) != Members.Count(right))
        {
            return false;
        }

        foreach (var (name, value) in Members.Entries(ref context, left))
        {
            var other = Members.Get(ref context, right, name);
            if (context.Failed || !Strict(ref context, value, other))
            {
                return false;
            }
        }

        return !context.Failed;
    }
}
