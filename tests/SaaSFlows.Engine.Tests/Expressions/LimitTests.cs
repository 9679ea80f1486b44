using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>Attacks. Each must end quickly, with an error that names the limit.</summary>
public sealed class LimitTests
{
    private readonly TestScope _scope = new();

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{a:", "}")]
    [InlineData("!", "")]
    [InlineData("-(", ")")]
    [InlineData("1 ? ", " : 2")]
    [InlineData("2 ? 3 : ", "")]
    [InlineData("input[", "]")]
    [InlineData("String(", ")")]
    [InlineData("typeof ", "")]
    public void Deep_nesting_is_refused_when_compiling(string open, string close)
    {
        Assert.Equal(ExpressionErrorCodes.TooDeep, Nest(200));
        Assert.NotEqual(ExpressionErrorCodes.TooDeep, Nest(20));

        string Nest(int depth) => _scope.Run(Repeat(open, depth) + "1" + Repeat(close, depth));
    }

    [Theory]
    [InlineData("1", " + 1")]
    [InlineData("input", ".user")]
    [InlineData("input", "?.x")]
    [InlineData("true", " && true")]
    [InlineData("null", " ?? null")]
    [InlineData("1", " < 2")]
    [InlineData("'a'", ".trim()")]
    public void Long_chain_is_flat_and_costs_no_depth(string first, string next)
    {
        var result = _scope.Run(first + Repeat(next, 400));
        Assert.NotEqual(ExpressionErrorCodes.TooDeep, result);
        Assert.NotEqual(ExpressionErrorCodes.Syntax, result);
    }

    [Fact]
    public void Long_source_is_refused_when_compiling()
    {
        Assert.Equal(ExpressionErrorCodes.TooLong, _scope.Run("'" + Repeat("x", 4_000) + "'"));
        Assert.Equal(ExpressionErrorCodes.TooLong, _scope.Fill("{{ " + Repeat("1 + ", 1_000) + " 1}}"));
        Assert.Equal($"\"{Repeat("ann ", 2_000)}\"", _scope.Fill(Repeat("{{username}} ", 2_000)));
    }

    [Theory]
    [InlineData("'x'.repeat(1048577)", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(1e308)", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.padStart(1e15)", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.padEnd(1e9, 'abc')", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(10000).replaceAll('x', 'y'.repeat(10000))", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(10000).replaceAll('', 'y'.repeat(10000))", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(10000).split('').join('y'.repeat(10000))", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(1e6).concat('x'.repeat(1e6))", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(1e6) + 'x'.repeat(1e6)", ExpressionErrorCodes.TooLarge)]
    [InlineData("encodeURIComponent('€'.repeat(500000))", ExpressionErrorCodes.TooLarge)]
    [InlineData("JSON.stringify(['x'.repeat(1e6), 'x'.repeat(1e6)])", ExpressionErrorCodes.TooLarge)]
    [InlineData("'x'.repeat(1e6).split('')", ExpressionErrorCodes.TooManySteps)]
    [InlineData("'ab'.repeat(1e5).split('a').concat(input.items)", ExpressionErrorCodes.TooManySteps)]
    public void Text_and_arrays_do_not_grow_beyond_their_limit(string expression, string code)
    {
        Assert.Equal(code, _scope.Run(expression));
    }

    [Fact]
    public void Many_large_texts_use_up_the_steps()
    {
        Assert.Equal(ExpressionErrorCodes.TooManySteps, _scope.Run($"[{Repeat("'x'.repeat(1e6),", 100)}]"));
    }

    [Fact]
    public void Searching_a_long_text_for_a_long_pattern_uses_up_the_steps()
    {
        Assert.Equal(ExpressionErrorCodes.TooManySteps, _scope.Run("'a'.repeat(1e6).indexOf('a'.repeat(4e5) + 'b')"));
        Assert.Equal(ExpressionErrorCodes.TooManySteps, _scope.Run("'a'.repeat(1e6).replaceAll('a'.repeat(4e5) + 'b', '')"));
        Assert.Equal(ExpressionErrorCodes.TooManySteps, _scope.Run("'a'.repeat(1e6).split('a'.repeat(4e5) + 'b')"));
    }

    [Theory]
    [InlineData("big.includes(-1)")]
    [InlineData("big.slice(1)")]
    [InlineData("big.join('')")]
    [InlineData("big === [1]  || big.reverse() === big")]
    [InlineData("[big, big].flat(9).length")]
    [InlineData("JSON.stringify(big)")]
    public void Work_on_a_huge_array_uses_up_the_steps(string expression)
    {
        var scope = new TestScope($$"""{"big":[{{string.Join(',', Enumerable.Range(0, 200_000))}}]}""");
        Assert.Equal(ExpressionErrorCodes.TooManySteps, scope.Run(expression));
        Assert.Equal("200000", scope.Run("big.length"));
        Assert.Equal("199999", scope.Run("big[199999]"));
    }

    [Fact]
    public void Members_of_a_huge_object_use_up_the_steps()
    {
        var scope = new TestScope("{\"big\":{" + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"k{i}\":0")) + "}}");
        Assert.Equal("0", scope.Run("big.k5"));
        Assert.Equal(ExpressionErrorCodes.TooManySteps, scope.Run($"[{Repeat("big.x,", 100)}]"));
    }

    [Fact]
    public void Limits_are_the_callers()
    {
        Assert.Equal(ExpressionErrorCodes.TooManySteps, _scope.Run("1 + 1 + 1 + 1", new ExpressionLimits(MaxSteps: 2)));
        Assert.Equal(ExpressionErrorCodes.TooLarge, _scope.Run("'abc' + 'def'", new ExpressionLimits(MaxSize: 5)));
        Assert.Contains("more than 5 characters", _scope.Fail("'abc' + 'def'", new ExpressionLimits(MaxSize: 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_one_configuration_are_counted_together()
    {
        var json = JsonSerializer.SerializeToElement(Enumerable.Repeat("{{ 1 + username }}", 100));
        Assert.True(CompiledValue.TryCompile(json, out var compiled, out _));
        Assert.False(compiled.TryEvaluate(_scope, new ExpressionLimits(MaxSteps: 200), out _, out var error));
        Assert.Equal(ExpressionErrorCodes.TooManySteps, error.Code);
    }

    [Fact]
    public void Value_nested_too_deeply_is_refused_before_it_is_stored()
    {
        var deep = new TestScope($$"""{"deep":{{Repeat("[", 62)}}{{Repeat("]", 62)}}}""");
        Assert.StartsWith("[[", deep.Run("[deep]"), StringComparison.Ordinal);
        Assert.Equal(ExpressionErrorCodes.TooDeep, deep.Run("[[[deep]]]"));
        Assert.Equal(ExpressionErrorCodes.Value, deep.Run("JSON.parse('['.repeat(100) + ']'.repeat(100))"));
    }

    [Fact]
    public void Configuration_nested_too_deeply_does_not_compile()
    {
        using var document = JsonDocument.Parse(Repeat("[", 100) + Repeat("]", 100), new() { MaxDepth = 200 });
        Assert.False(CompiledValue.TryCompile(document.RootElement, out _, out var error));
        Assert.Equal(ExpressionErrorCodes.TooDeep, error.Code);
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
