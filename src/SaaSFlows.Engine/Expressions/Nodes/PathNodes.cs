using System.Text;
using SaaSFlows.Engine.Expressions.Functions;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

/// <summary>A value and what is done to it: <c>a.b?.[c].trim()</c>. A <c>?.</c> that finds nothing ends the whole path.</summary>
internal sealed class PathNode(Node root, PathStep[] steps) : Node
{
    public Node Root => root;

    public IReadOnlyList<PathStep> Steps => steps;

    public override IEnumerable<Node> Parts => steps.SelectMany(step => step.Parts).Prepend(root);

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var value = root.Evaluate(ref context);
        foreach (var step in steps)
        {
            if (!context.Spend() || (step.Optional && value.IsNullish))
            {
                return default;
            }

            context.Position = step.Position;
            if (value.IsNullish)
            {
                return context.Fail(ExpressionErrorCodes.Type, $"Can't read {step.Name} of {value.Kind.ToString().ToLowerInvariant()}.");
            }

            if (value.Kind == ValueKind.Secret)
            {
                return Operators.RefuseSecret(ref context);
            }

            value = step.Apply(ref context, value);
        }

        return value;
    }
}

internal abstract class PathStep(bool optional, int position)
{
    public bool Optional => optional;

    public int Position => position;

    /// <summary>What the step reads, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The member that it always reads; null if that is computed.</summary>
    public virtual string? Member => null;

    /// <summary>What is evaluated on the way.</summary>
    public virtual IEnumerable<Node> Parts => [];

    public abstract ExpressionValue Apply(ref EvaluationContext context, in ExpressionValue target);
}

internal sealed class MemberStep(string name, bool optional, int position) : PathStep(optional, position)
{
    private readonly byte[] _utf8Name = Encoding.UTF8.GetBytes(name);

    public override string Name => $"'{name}'";

    public override string? Member => name;

    public override ExpressionValue Apply(ref EvaluationContext context, in ExpressionValue target) =>
        Members.Get(ref context, target, name, _utf8Name);
}

internal sealed class IndexStep(Node index, bool optional, int position) : PathStep(optional, position)
{
    public override string Name => "an element";

    public override string? Member => index is LiteralNode { Value: { Kind: ValueKind.String, Computed: { } name } } ? name : null;

    public override IEnumerable<Node> Parts => [index];

    public override ExpressionValue Apply(ref EvaluationContext context, in ExpressionValue target)
    {
        var key = index.Evaluate(ref context);
        context.Position = Position;
        return Members.GetIndexed(ref context, target, key);
    }
}

internal sealed class MethodStep(Call call, bool optional) : PathStep(optional, call.Position)
{
    public override string Name => $"'{call.Name}'";

    public override IEnumerable<Node> Parts => call.Arguments;

    public override ExpressionValue Apply(ref EvaluationContext context, in ExpressionValue target) => call.Invoke(ref context, target);
}

internal sealed class FunctionNode(Call call) : Node
{
    public override IEnumerable<Node> Parts => call.Arguments;

    public override ExpressionValue Evaluate(ref EvaluationContext context) => call.Invoke(ref context, default);
}

/// <summary>A call of a function of the closed list. Its function is missing only in an expression that did not parse.</summary>
internal sealed class Call(string name, Function? function, Node[] arguments, int position)
{
    public string Name => name;

    public IReadOnlyList<Node> Arguments => arguments;

    public int Position => position;

    public ExpressionValue Invoke(ref EvaluationContext context, in ExpressionValue target)
    {
        context.Spend(1 + arguments.Length);
        var values = arguments.Length == 0 ? [] : new ExpressionValue[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = arguments[i].Evaluate(ref context);
        }

        context.Position = position;
        return context.Failed ? default : function!.Body(ref context, target, new Arguments(name, values));
    }
}
