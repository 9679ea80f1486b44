using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

/// <summary>A piece of a compiled expression. Immutable, shared between threads.</summary>
internal abstract class Node
{
    public abstract ExpressionValue Evaluate(ref EvaluationContext context);
}

internal sealed class LiteralNode(ExpressionValue value, bool isJson = false) : Node
{
    public ExpressionValue Value => value;

    /// <summary>False for what was computed while compiling, such as a text whose escapes were resolved: its JSON is not the author's.</summary>
    public bool IsJson => isJson;

    public override ExpressionValue Evaluate(ref EvaluationContext context) => value;
}

internal sealed class NameNode(string name, int position) : Node
{
    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        context.Spend();
        if (TryResolve(ref context, out var value))
        {
            return value;
        }

        context.Position = position;
        return context.Fail(ExpressionErrorCodes.UnknownName, $"Unknown name '{name}'.");
    }

    public bool TryResolve(ref EvaluationContext context, out ExpressionValue value) => context.Scope.TryResolve(name, out value);
}

internal sealed class ArrayNode(Node[] items) : Node
{
    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        context.Spend(1 + items.Length);
        var values = new ExpressionValue[items.Length];
        for (var i = 0; i < values.Length && !context.Failed; i++)
        {
            values[i] = items[i].Evaluate(ref context);
        }

        return ExpressionValue.From(values);
    }
}

internal sealed class ObjectNode(KeyValuePair<string, Node>[] members) : Node
{
    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        context.Spend(1 + members.Length);
        var values = new OrderedDictionary<string, ExpressionValue>(members.Length, StringComparer.Ordinal);
        foreach (var (name, member) in members)
        {
            values[name] = member.Evaluate(ref context);
        }

        return ExpressionValue.From(values);
    }
}
