using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>A scope whose names are the members of a JSON object, and what a test adds.</summary>
internal sealed class TestScope(string json = TestScope.Sample) : IExpressionScope
{
    public const string Sample = """
        {
          "input": {
            "name": "Ann", "empty": "", "amount": 150, "price": 12.5, "id": 9007199254740993, "yes": true, "nothing": null,
            "items": [1, 2, 3], "tags": ["a", "b", "c"], "nested": [[1, [2]], 3], "user": { "first": "Ann", "age": 41 },
            "text": "  Hello, Wörld 😀  ", "digits": "42", "hex": "0x1F"
          },
          "variables": { "tier": "gold", "count": 7 },
          "username": "ann"
        }
        """;

    private readonly JsonElement _json = JsonElement.Parse(json);

    public Dictionary<string, ExpressionValue> Added { get; } = [];

    public bool TryResolve(string name, out ExpressionValue value)
    {
        if (Added.TryGetValue(name, out value))
        {
            return true;
        }

        var found = _json.TryGetProperty(name, out var element);
        value = ExpressionValue.From(element);
        return found;
    }

    /// <summary>The JSON an expression gives, or the code of its error.</summary>
    public string Run(string expression, ExpressionLimits? limits = null) =>
        CompiledValue.TryCompileExpression(expression, out var compiled, out var error) ? Evaluate(compiled, limits) : error.Code;

    /// <summary>The JSON a template gives, or the code of its error.</summary>
    public string Fill(string template) =>
        CompiledValue.TryCompileTemplate(template, out var compiled, out var error) ? Evaluate(compiled, null) : error.Code;

    /// <summary>The error an expression ends with.</summary>
    public ExpressionError Fail(string expression, ExpressionLimits? limits = null)
    {
        if (
            CompiledValue.TryCompileExpression(expression, out var compiled, out var error)
            && compiled.TryEvaluate(this, limits ?? ExpressionLimits.Default, out var value, out error)
        )
        {
            Assert.Fail($"Expected an error, got {value.GetRawText()}.");
        }

        return error!;
    }

    private string Evaluate(CompiledValue compiled, ExpressionLimits? limits) =>
        compiled.TryEvaluate(this, limits ?? ExpressionLimits.Default, out var value, out var error) ? value.GetRawText() : error.Code;
}
