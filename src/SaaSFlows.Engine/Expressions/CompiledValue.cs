using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions.Nodes;
using SaaSFlows.Engine.Expressions.Syntax;
using SaaSFlows.Engine.Expressions.Values;

namespace SaaSFlows.Engine.Expressions;

/// <summary>
/// A value of a node's configuration, compiled once and evaluated often. In any string of it <c>{{ expression }}</c> is replaced: alone in its
/// string an expression keeps its JSON type, with anything around it it becomes text; <c>{{{{</c> is a literal <c>{{</c>.
/// Immutable, safe for concurrent use. The language is described in <c>docs/expressions.md</c>.
/// </summary>
public sealed class CompiledValue
{
    private readonly Node _node;
    private readonly JsonElement _constant;

    private CompiledValue(Node node)
    {
        _node = node;
        if (node is LiteralNode)
        {
            var context = new EvaluationContext(NoNames.Instance, ExpressionLimits.Default);
            _constant = JsonText.ToElement(ref context, node);
        }
    }

    /// <summary>True if no evaluation is needed: every evaluation gives the same and none can fail.</summary>
    public bool IsConstant => _constant.ValueKind != JsonValueKind.Undefined;

    /// <summary>False for a template that joins several texts and expressions: its value is text.</summary>
    public bool IsOneExpression => _node is not TextNode;

    /// <summary>The names that its expressions read, from left to right.</summary>
    public IReadOnlyList<NameReference> References => ReferenceFinder.In(_node);

    /// <summary>Compiles any JSON, its strings being templates. Property names are taken as they are. The element is copied.</summary>
    public static bool TryCompile(
        JsonElement value,
        [NotNullWhen(true)] out CompiledValue? compiled,
        [NotNullWhen(false)] out ExpressionError? error
    ) => TryWrap(TemplateCompiler.TryCompile(value.Clone(), "", 0, out var node, out error), node, out compiled);

    /// <summary>Compiles a text with <c>{{ expression }}</c> in it.</summary>
    public static bool TryCompileTemplate(
        string text,
        [NotNullWhen(true)] out CompiledValue? compiled,
        [NotNullWhen(false)] out ExpressionError? error
    ) => TryWrap(TemplateCompiler.TryCompile(text, out var node, out error), node, out compiled);

    /// <summary>Compiles a text with <c>{{ expression }}</c> in it; where it is JSON around them, what they give is written as JSON.</summary>
    public static bool TryCompileJsonTemplate(
        string text,
        [NotNullWhen(true)] out CompiledValue? compiled,
        [NotNullWhen(false)] out ExpressionError? error
    ) => TryWrap(TemplateCompiler.TryCompile(text, out var node, out error), node is TextNode parts ? JsonTextNode.Of(parts) : node, out compiled);

    /// <summary>Compiles a text that is one expression, without braces.</summary>
    public static bool TryCompileExpression(
        string text,
        [NotNullWhen(true)] out CompiledValue? compiled,
        [NotNullWhen(false)] out ExpressionError? error
    ) => TryWrap(Parser.TryParse(text, out var node, out error), node, out compiled);

    /// <summary>
    /// The value as JSON. Undefined, NaN and infinities become null. JSON from the scope that is passed on untouched is returned as it is,
    /// so it lives as long as its document.
    /// </summary>
    public bool TryEvaluate(IExpressionScope scope, ExpressionLimits limits, out JsonElement value, [NotNullWhen(false)] out ExpressionError? error)
    {
        if (IsConstant)
        {
            (value, error) = (_constant, null);
            return true;
        }

        var context = new EvaluationContext(scope, limits);
        value = JsonText.ToElement(ref context, _node);
        error = context.Error;
        return error is null;
    }

    /// <summary>The value as text, as a template would insert it: nothing for null and undefined, JSON for arrays and objects.</summary>
    public bool TryEvaluateText(
        IExpressionScope scope,
        ExpressionLimits limits,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out ExpressionError? error
    )
    {
        var context = new EvaluationContext(scope, limits);
        text = Whole(TextNode.PartText(ref context, _node.Evaluate(ref context)));
        error = context.Error;
        return error is null;
    }

    /// <summary>Whether JavaScript would take the value for true.</summary>
    public bool TryEvaluateCondition(IExpressionScope scope, ExpressionLimits limits, out bool holds, [NotNullWhen(false)] out ExpressionError? error)
    {
        var context = new EvaluationContext(scope, limits);
        holds = Operators.IsTruthy(_node.Evaluate(ref context));
        error = context.Error;
        return error is null;
    }

    // As in every result, half of a surrogate pair (which an expression may cut) becomes U+FFFD.
    private static string Whole(string text) =>
        text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static bool TryWrap(bool succeeded, Node? node, [NotNullWhen(true)] out CompiledValue? compiled)
    {
        compiled = succeeded ? new(node!) : null;
        return succeeded;
    }

    private sealed class NoNames : IExpressionScope
    {
        public static readonly NoNames Instance = new();

        public bool TryResolve(string name, out ExpressionValue value)
        {
            value = default;
            return false;
        }
    }
}
