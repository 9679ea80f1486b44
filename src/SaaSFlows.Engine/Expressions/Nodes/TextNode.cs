using System.Text;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Nodes;

/// <summary>
/// A template with text around its expressions: the result is text, to which nothing contributes nothing and a secret its reference.
/// </summary>
/// <param name="isText">Of each part, whether it stands in the template as it is: a literal in braces is an expression too.</param>
internal sealed class TextNode(Node[] parts, bool[] isText) : Node
{
    public ReadOnlySpan<Node> Pieces => parts;

    public ReadOnlySpan<bool> IsText => isText;

    public override IEnumerable<Node> Parts => parts;

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var builder = new StringBuilder();
        foreach (var part in parts)
        {
            var text = PartText(ref context, part.Evaluate(ref context));
            if (!context.ReserveText(builder.Length + (double)text.Length, text.Length))
            {
                return default;
            }

            builder.Append(text);
        }

        return ExpressionValue.From(builder.ToString());
    }

    public static string PartText(ref EvaluationContext context, in ExpressionValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined or ValueKind.Null:
                return "";
            case ValueKind.Secret:
                return value.Computed!;
            case ValueKind.Array or ValueKind.Object:
                var builder = new StringBuilder();
                JsonText.Append(ref context, builder, value, JsonStyle.Result);
                return builder.ToString();
            default:
                return Operators.ToText(ref context, value);
        }
    }
}

/// <summary>Says where in the compiled JSON an expression stands when it fails.</summary>
internal sealed class PlacedNode(Node inner, string path) : Node
{
    public string Path => path;

    public override IEnumerable<Node> Parts => [inner];

    public override ExpressionValue Evaluate(ref EvaluationContext context)
    {
        var value = inner.Evaluate(ref context);
        Place(ref context);
        return value;
    }

    public override void Write(ref EvaluationContext context, StringBuilder json, int depth)
    {
        inner.Write(ref context, json, depth);
        Place(ref context);
    }

    private void Place(ref EvaluationContext context)
    {
        if (context.Error is { Path: "" } error)
        {
            context.Error = error with { Path = path };
        }
    }
}
