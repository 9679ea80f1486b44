using SaaSFlows.Engine.Expressions.Nodes;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions;

/// <summary>Collects the names that compiled expressions read.</summary>
internal sealed class ReferenceFinder
{
    private readonly List<NameReference> _found = [];
    private string _path = "";

    public static IReadOnlyList<NameReference> In(Node node)
    {
        var finder = new ReferenceFinder();
        finder.Visit(node, null);
        return finder._found;
    }

    private void Visit(Node node, int? after)
    {
        switch (node)
        {
            case PlacedNode placed:
                _path = placed.Path;
                break;
            case NameNode or PathNode { Root: NameNode }:
                _found.Add(Read(node)! with { After = after });
                break;
            case BinaryNode binary:
                Visit(binary);
                return;
            default:
                break;
        }

        foreach (var part in node is PathNode { Root: NameNode } path ? path.Steps.SelectMany(step => step.Parts) : node.Parts)
        {
            Visit(part, null);
        }
    }

    private void Visit(BinaryNode binary)
    {
        Node[] operands = [binary.First, .. binary.Steps.Select(step => step.Operand)];
        for (var i = 0; i < operands.Length; )
        {
            var dashes = Dashes(binary, operands, i);
            var left = _found.Count;
            Visit(operands[i], null);
            if (dashes.Count > 0)
            {
                _found[left] = _found[left] with { Dashed = dashes };
            }

            for (var j = 1; j <= dashes.Count; j++)
            {
                Visit(operands[i + j], _found[left].Position);
            }

            i += 1 + dashes.Count;
        }
    }

    // What follows the operand after dashes without spaces. The dash after a path with brackets at its end is meant as one.
    private List<string> Dashes(BinaryNode binary, Node[] operands, int at)
    {
        List<string> dashed = [];
        if (Read(operands[at]) is not { } left || End(operands[at]) is not { } end)
        {
            return dashed;
        }

        var name = left.Steps[^1];
        for (var i = at; i < binary.Steps.Count; i++)
        {
            var (symbol, operand, position) = binary.Steps[i];
            var next =
                operand is LiteralNode { Value.Kind: ValueKind.Number } number ? NumberText.Format(number.Value.Number)
                : Read(operand) is { } right && right.Position == position + 1 ? right.Steps[0]
                : null;
            if (symbol != "-" || position != end || next is null)
            {
                break;
            }

            name = $"{name}-{next}";
            dashed.Add(name);
            end = position + 1 + next.Length;
            if (operand is PathNode)
            {
                break;
            }
        }

        return dashed;
    }

    private NameReference? Read(Node node) =>
        node switch
        {
            NameNode name => new NameReference([name.Name], _path, name.Position),
            PathNode { Root: NameNode root } path => new(
                [root.Name, .. path.Steps.TakeWhile(step => step.Member is not null).Select(step => step.Member!)],
                _path,
                root.Position
            )
            {
                IsOptional = path.Steps.Any(step => step.Optional),
            },
            _ => null,
        };

    private static int? End(Node node) =>
        node switch
        {
            NameNode name => name.Position + name.Name.Length,
            PathNode path => path.Steps[^1] is MemberStep last ? last.Position + last.Member!.Length : null,
            _ => null,
        };
}
