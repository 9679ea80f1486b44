using System.Text;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

/// <summary>A piece of a compiled expression. Immutable, shared between threads.</summary>
internal abstract class Node
{
    public abstract ExpressionValue Evaluate(ref EvaluationContext context);

    /// <summary>What it is made of, from left to right.</summary>
    public virtual IEnumerable<Node> Parts => [];

    /// <summary>Evaluates and writes the outcome as JSON, without holding arrays and objects that nobody reads.</summary>
    public virtual void Write(ref EvaluationContext context, StringBuilder json, int depth)
    {
        var value = Evaluate(ref context);
        JsonText.Append(ref context, json, value, JsonStyle.Result, depth);
    }
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
    public string Name => name;

    public int Position => position;

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
    public override IEnumerable<Node> Parts => items;

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

    public override void Write(ref EvaluationContext context, StringBuilder json, int depth)
    {
        if (!JsonText.Enter(ref context, items.Length, depth))
        {
            return;
        }

        json.Append('[');
        for (var i = 0; i < items.Length && !context.Failed; i++)
        {
            json.Append(i == 0 ? "" : ",");
            items[i].Write(ref context, json, depth + 1);
        }

        json.Append(']');
    }
}

internal sealed class ObjectNode(KeyValuePair<string, Node>[] members) : Node
{
    public override IEnumerable<Node> Parts => members.Select(member => member.Value);

    private readonly bool _repeats = members.DistinctBy(member => member.Key, StringComparer.Ordinal).Count() < members.Length;

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

    public override void Write(ref EvaluationContext context, StringBuilder json, int depth)
    {
        // Of equal names the last one counts.
        if (_repeats)
        {
            base.Write(ref context, json, depth);
            return;
        }

        if (!JsonText.Enter(ref context, members.Length, depth))
        {
            return;
        }

        json.Append('{');
        for (var i = 0; i < members.Length && !context.Failed; i++)
        {
            json.Append(i == 0 ? "" : ",");
            JsonText.AppendName(ref context, json, members[i].Key);
            members[i].Value.Write(ref context, json, depth + 1);
        }

        json.Append('}');
    }
}
