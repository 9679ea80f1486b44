using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

internal readonly record struct BinaryStep(string Operator, Node Operand, int Position);

/// <summary>Operators of one precedence, from left to right.</summary>
internal sealed class BinaryNode(Node first, BinaryStep[] steps) : Node
{
    public Node First => first;

    public IReadOnlyList<BinaryStep> Steps => steps;

    public override IEnumerable<Node> Parts => steps.Select(step => step.Operand).Prepend(first);

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var left = first.Evaluate(ref context);
        foreach (var step in steps)
        {
            var right = step.Operand.Evaluate(ref context);
            if (!context.Spend())
            {
                return default;
            }

            context.Position = step.Position;
            left = Operators.Binary(ref context, step.Operator, left, right);
        }

        return left;
    }
}

/// <summary><c>&amp;&amp;</c>, <c>||</c> or <c>??</c>: stops at the first operand that decides.</summary>
internal sealed class LogicalNode(string symbol, Node[] operands) : Node
{
    public override IEnumerable<Node> Parts => operands;

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        ExpressionValue value = default;
        foreach (var operand in operands)
        {
            value = operand.Evaluate(ref context);
            if (!context.Spend() || Decides(value))
            {
                break;
            }
        }

        return value;
    }

    private bool Decides(in ExpressionValue value) =>
        symbol switch
        {
            "&&" => !Operators.IsTruthy(value),
            "||" => Operators.IsTruthy(value),
            _ => !value.IsNullish,
        };
}

internal sealed class ConditionalNode(Node condition, Node whenTrue, Node whenFalse) : Node
{
    public override IEnumerable<Node> Parts => [condition, whenTrue, whenFalse];

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var chosen = Operators.IsTruthy(condition.Evaluate(ref context)) ? whenTrue : whenFalse;
        return context.Spend() ? chosen.Evaluate(ref context) : default;
    }
}

internal sealed class UnaryNode(char symbol, Node operand, int position) : Node
{
    public override IEnumerable<Node> Parts => [operand];

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var value = operand.Evaluate(ref context);
        context.Spend();
        context.Position = position;
        return symbol switch
        {
            '!' => ExpressionValue.From(!Operators.IsTruthy(value)),
            '-' => ExpressionValue.From(-Operators.ToNumber(ref context, value)),
            _ => ExpressionValue.From(Operators.ToNumber(ref context, value)),
        };
    }
}

/// <summary><c>typeof</c>, which may ask about a name that does not exist.</summary>
internal sealed class TypeofNode(Node operand) : Node
{
    /// <summary>Without a bare name: that it may be missing is what is asked.</summary>
    public override IEnumerable<Node> Parts => operand is NameNode ? [] : [operand];

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        context.Spend();
        ExpressionValue value;
        if (operand is NameNode name)
        {
            name.TryResolve(ref context, out value);
        }
        else
        {
            value = operand.Evaluate(ref context);
        }

        return ExpressionValue.From(Operators.TypeOf(value));
    }
}
