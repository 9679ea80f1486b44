using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using SaaSFlows.Engine.Expressions.Functions;
using SaaSFlows.Engine.Expressions.Nodes;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions.Syntax;

/// <summary>
/// Recursive descent. Chains of one precedence (<c>a + b + c</c>, <c>a.b.c</c>) become one flat node, so only nesting costs depth.
/// After the first error every method still returns a node; nobody runs it.
/// </summary>
internal sealed class Parser : TokenReader
{
    private static readonly Node Nothing = new LiteralNode(default);

    /// <summary>Binary operators from loose to tight; the first two levels short-circuit.</summary>
    private static readonly string[][] Levels =
    [
        ["||"],
        ["&&"],
        ["==", "===", "!=", "!=="],
        ["<", ">", "<=", ">=", "in"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private const int LogicalLevels = 2;

    private int _depth;
    private Node? _parenthesised;

    private Parser(string source, int start)
        : base(source, start) { }

    /// <summary>Parses a source that is one expression.</summary>
    public static bool TryParse(string source, [NotNullWhen(true)] out Node? node, [NotNullWhen(false)] out ExpressionError? error)
    {
        var parser = new Parser(source, 0);
        node = parser.ParseExpression();
        if (parser.Current.Kind != TokenKind.End)
        {
            parser.Unexpected(parser.Current, "");
        }

        error = parser.Error;
        return error is null;
    }

    /// <summary>Parses the expression that starts at <paramref name="start"/>, after <c>{{</c>, and its closing <c>}}</c>.</summary>
    public static bool TryParseEmbedded(
        string source,
        int start,
        [NotNullWhen(true)] out Node? node,
        out int end,
        [NotNullWhen(false)] out ExpressionError? error
    )
    {
        var parser = new Parser(source, start);
        node = parser.ParseExpression();
        end = parser.Current.End + 1;
        if (!parser.Is("}") || end > source.Length || source[end - 1] != '}')
        {
            parser.Unexpected(parser.Current, ", '}}' expected");
        }

        error = parser.Error;
        return error is null;
    }

    private Node ParseExpression()
    {
        if (++_depth > ExpressionLimits.MaxDepth)
        {
            return Refuse(ExpressionErrorCodes.TooDeep, $"The expression is nested deeper than {ExpressionLimits.MaxDepth} levels.", Current.Start);
        }

        var node = ParseCoalesce();
        if (Take("?"))
        {
            var whenTrue = ParseExpression();
            Expect(":");
            node = new ConditionalNode(node, whenTrue, ParseExpression());
        }

        _depth--;
        return node;
    }

    private Node ParseCoalesce()
    {
        var first = ParseBinary(0);
        if (!Is("??"))
        {
            return first;
        }

        if (first is LogicalNode && first != _parenthesised)
        {
            return Refuse(ExpressionErrorCodes.Syntax, "Put parentheses around the '&&' or '||' next to '??'.", Current.Start);
        }

        List<Node> operands = [first];
        while (Take("??"))
        {
            operands.Add(ParseBinary(LogicalLevels));
        }

        return Is("&&") || Is("||") ? RefuseToken(", put parentheses around the '??'") : new LogicalNode("??", [.. operands]);
    }

    private Node ParseBinary(int level)
    {
        if (level == Levels.Length)
        {
            return ParseUnary();
        }

        var first = ParseBinary(level + 1);
        List<BinaryStep>? steps = null;
        while (Current.Kind is TokenKind.Operator or TokenKind.Name && Levels[level].Contains(Current.Text))
        {
            var (text, position) = (Current.Text, Current.Start);
            Advance();
            (steps ??= []).Add(new(text, ParseBinary(level + 1), position));
        }

        return steps is null ? first
            : level < LogicalLevels ? new LogicalNode(steps[0].Operator, [first, .. steps.Select(step => step.Operand)])
            : new BinaryNode(first, [.. steps]);
    }

    private Node ParseUnary()
    {
        if (!Is("!") && !Is("-") && !Is("+") && !IsName("typeof"))
        {
            return ParsePath();
        }

        if (++_depth > ExpressionLimits.MaxDepth)
        {
            return Refuse(ExpressionErrorCodes.TooDeep, $"The expression is nested deeper than {ExpressionLimits.MaxDepth} levels.", Current.Start);
        }

        var (text, position) = (Current.Text, Current.Start);
        Advance();
        var operand = ParseUnary();
        _depth--;
        return text == "typeof" ? new TypeofNode(operand) : new UnaryNode(text[0], operand, position);
    }

    private Node ParsePath()
    {
        var root = ParsePrimary();
        List<PathStep> steps = [];
        while (Error is null)
        {
            var position = Current.Start;
            var optional = Take("?.");
            if (Take("["))
            {
                steps.Add(new IndexStep(ParseExpression(), optional, position));
                Expect("]");
            }
            else if (optional || Take("."))
            {
                steps.Add(ParseMember(optional));
            }
            else
            {
                break;
            }
        }

        return steps.Count == 0 ? root : new PathNode(root, [.. steps]);
    }

    private PathStep ParseMember(bool optional)
    {
        var (name, position) = (Current.Text, Current.Start);
        if (Current.Kind != TokenKind.Name)
        {
            Unexpected(Current, ", a name expected");
            return new MemberStep(name, optional, position);
        }

        Advance();
        return Is("(")
            ? new MethodStep(ParseCall(FunctionTable.Methods, name, "method", position), optional)
            : new MemberStep(name, optional, position);
    }

    private Node ParsePrimary()
    {
        var token = Current;
        Advance();
        return token switch
        {
            { Kind: TokenKind.Number } => new LiteralNode(ExpressionValue.From(token.Number)),
            { Kind: TokenKind.String } => new LiteralNode(ExpressionValue.From(token.Text)),
            { Kind: TokenKind.Name } => ParseName(token),
            { Kind: TokenKind.Operator, Text: "(" } => ParseParenthesised(),
            { Kind: TokenKind.Operator, Text: "[" } => new ArrayNode([.. ParseList("]", ParseExpression)]),
            { Kind: TokenKind.Operator, Text: "{" } => new ObjectNode([.. ParseList("}", ParseProperty)]),
            _ => RefuseToken(token, ", an expression expected"),
        };
    }

    private Node ParseName(Token name) =>
        name.Text switch
        {
            "true" => new LiteralNode(ExpressionValue.From(true)),
            "false" => new LiteralNode(ExpressionValue.From(false)),
            "null" => new LiteralNode(ExpressionValue.Null),
            "undefined" => Nothing,
            "NaN" => new LiteralNode(ExpressionValue.From(double.NaN)),
            "Infinity" => new LiteralNode(ExpressionValue.From(double.PositiveInfinity)),
            "in" or "typeof" => RefuseToken(name, ""),
            _ when Is("(") => new FunctionNode(ParseCall(FunctionTable.Functions, name.Text, "function", name.Start)),
            _ when FunctionTable.Namespaces.Contains(name.Text) && Take(".") => ParseNamespaceCall(name),
            _ => new NameNode(name.Text, name.Start),
        };

    private Node ParseNamespaceCall(Token name)
    {
        var function = $"{name.Text}.{Current.Text}";
        if (Current.Kind != TokenKind.Name)
        {
            return RefuseToken(", a name expected");
        }

        Advance();
        return new FunctionNode(ParseCall(FunctionTable.Functions, function, "function", name.Start));
    }

    private Node ParseParenthesised()
    {
        var node = ParseExpression();
        Expect(")");
        return _parenthesised = node;
    }

    private KeyValuePair<string, Node> ParseProperty()
    {
        var key = Current;
        Advance();
        if (key.Kind is not (TokenKind.Name or TokenKind.String or TokenKind.Number))
        {
            return new("", RefuseToken(key, ", a property name expected"));
        }

        if (key.Kind == TokenKind.Name && !Is(":"))
        {
            return new(key.Text, ParseName(key));
        }

        Expect(":");
        var name = key.Kind == TokenKind.Number ? NumberText.Format(key.Number) : key.Text;
        return new(name, ParseExpression());
    }

    private Call ParseCall(FrozenDictionary<string, Function> table, string name, string what, int position)
    {
        Expect("(");
        Node[] arguments = [.. ParseList(")", ParseExpression)];
        if (!table.TryGetValue(name, out var function))
        {
            Fail(ExpressionErrorCodes.UnknownFunction, $"There is no {what} '{name}'.", position);
        }
        else if (arguments.Length < function.Least || arguments.Length > function.Most)
        {
            Fail(ExpressionErrorCodes.Arguments, $"'{name}' takes {function.Arity}, not {arguments.Length}.", position);
        }

        return new(name, function, arguments, position);
    }

    /// <summary>Items up to <paramref name="close"/>, which is taken; a comma may follow the last one.</summary>
    private List<T> ParseList<T>(string close, Func<T> parseItem)
    {
        List<T> items = [];
        while (Error is null && !Take(close))
        {
            items.Add(parseItem());
            if (!Is(close))
            {
                Expect(",");
            }
        }

        return items;
    }

    private Node Refuse(string code, string message, int position)
    {
        Fail(code, message, position);
        return Nothing;
    }

    private Node RefuseToken(string hint) => RefuseToken(Current, hint);

    private Node RefuseToken(Token token, string hint)
    {
        Unexpected(token, hint);
        return Nothing;
    }
}
