using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions.Nodes;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Syntax;

/// <summary>
/// Turns text and JSON with <c>{{ expression }}</c> in it into nodes. Four braces are a literal <c>{{</c>:
/// no expression can start with two of them. What needs no evaluation comes out as a literal.
/// </summary>
internal static class TemplateCompiler
{
    private const string Open = "{{";
    private const string Escape = "{{{{";

    public static bool TryCompile(
        JsonElement value,
        string path,
        int depth,
        [NotNullWhen(true)] out Node? node,
        [NotNullWhen(false)] out ExpressionError? error
    )
    {
        if (depth > ExpressionLimits.MaxDepth)
        {
            node = null;
            error = new(ExpressionErrorCodes.TooDeep, $"The value is nested deeper than {ExpressionLimits.MaxDepth} levels.", 0) { Path = path };
            return false;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return TryCompileObject(value, path, depth, out node, out error);
            case JsonValueKind.Array:
                return TryCompileArray(value, path, depth, out node, out error);
            case JsonValueKind.String when JsonAccess.Text(value) is var text && text.Contains(Open, StringComparison.Ordinal):
                var compiled = TryCompile(text, out node, out error);
                node = node is null or LiteralNode ? node : new PlacedNode(node, path);
                error = error is null ? null : error with { Path = path };
                return compiled;
            default:
                (node, error) = (new LiteralNode(ExpressionValue.From(value), isJson: true), null);
                return true;
        }
    }

    public static bool TryCompile(string text, [NotNullWhen(true)] out Node? node, [NotNullWhen(false)] out ExpressionError? error)
    {
        var (parts, isText) = (new List<Node>(), new List<bool>());
        var literal = new StringBuilder();
        var position = 0;
        while (text.IndexOf(Open, position, StringComparison.Ordinal) is var open and >= 0)
        {
            literal.Append(text, position, open - position);
            if (string.CompareOrdinal(text, open, Escape, 0, Escape.Length) == 0)
            {
                literal.Append(Open);
                position = open + Escape.Length;
                continue;
            }

            if (!Parser.TryParseEmbedded(text, open + Open.Length, out node, out position, out error))
            {
                return false;
            }

            AddLiteral(parts, isText, literal);
            parts.Add(node);
            isText.Add(false);
        }

        literal.Append(text, position, text.Length - position);
        AddLiteral(parts, isText, literal);
        error = null;
        node = parts switch
        {
            [] => new LiteralNode(ExpressionValue.From("")),
            [var only] => only,
            _ => new TextNode([.. parts], [.. isText]),
        };
        return true;
    }

    private static void AddLiteral(List<Node> parts, List<bool> isText, StringBuilder literal)
    {
        if (literal.Length > 0)
        {
            parts.Add(new LiteralNode(ExpressionValue.From(literal.ToString())));
            isText.Add(true);
            literal.Clear();
        }
    }

    private static bool TryCompileObject(
        JsonElement value,
        string path,
        int depth,
        [NotNullWhen(true)] out Node? node,
        [NotNullWhen(false)] out ExpressionError? error
    )
    {
        var members = new List<KeyValuePair<string, Node>>();
        foreach (var property in value.EnumerateObject())
        {
            var name = JsonAccess.Name(property);
            if (!TryCompile(property.Value, path.Length == 0 ? name : $"{path}.{name}", depth + 1, out node, out error))
            {
                return false;
            }

            members.Add(new(name, node));
        }

        node = members.TrueForAll(member => member.Value is LiteralNode { IsJson: true })
            ? new LiteralNode(ExpressionValue.From(value), isJson: true)
            : new ObjectNode([.. members]);
        error = null;
        return true;
    }

    private static bool TryCompileArray(
        JsonElement value,
        string path,
        int depth,
        [NotNullWhen(true)] out Node? node,
        [NotNullWhen(false)] out ExpressionError? error
    )
    {
        var items = new List<Node>();
        foreach (var item in value.EnumerateArray())
        {
            if (!TryCompile(item, $"{path}[{items.Count}]", depth + 1, out node, out error))
            {
                return false;
            }

            items.Add(node);
        }

        node = items.TrueForAll(item => item is LiteralNode { IsJson: true })
            ? new LiteralNode(ExpressionValue.From(value), isJson: true)
            : new ArrayNode([.. items]);
        error = null;
        return true;
    }
}
