using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Tests.Expressions;

public sealed class TemplateTests
{
    private readonly TestScope _scope = new();

    [Theory]
    [InlineData("Hello, {{username}}!", "\"Hello, ann!\"")]
    [InlineData("{{ input.amount }}", "150")]
    [InlineData("{{input.items}}", "[1, 2, 3]")]
    [InlineData(" {{input.amount}}", "\" 150\"")]
    [InlineData("{{input.name}}{{input.amount}}", "\"Ann150\"")]
    [InlineData("[{{input.missing}}{{input.nothing}}]", "\"[]\"")]
    [InlineData("items: {{input.items}}", "\"items: [1, 2, 3]\"")]
    [InlineData("{{ {a: {b: 1}} }}", """{"a":{"b":1}}""")]
    [InlineData("{{{a:{b:1}}}}", """{"a":{"b":1}}""")]
    [InlineData("{{ '}}' }} and }}", "\"}} and }}\"")]
    [InlineData("literal {{{{ and {{username}}", "\"literal {{ and ann\"")]
    [InlineData("{{{{username}}", "\"{{username}}\"")]
    [InlineData("", "\"\"")]
    [InlineData("{{input.missing}}", "null")]
    [InlineData("{{0/0}}", "null")]
    [InlineData("{ not a template }", "\"{ not a template }\"")]
    public void Expression_alone_keeps_its_type_and_inside_text_becomes_text(string template, string json) =>
        Assert.Equal(json, _scope.Fill(template));

    [Theory]
    [InlineData("{{", 2)]
    [InlineData("{{ }}", 3)]
    [InlineData("x {{ a", 6)]
    [InlineData("x {{ a }", 7)]
    [InlineData("{{ a } }", 5)]
    [InlineData("{{ a b }}", 5)]
    [InlineData("{{ 'a }}", 3)]
    public void Template_that_does_not_parse_says_where(string template, int position)
    {
        Assert.False(CompiledValue.TryCompileTemplate(template, out _, out var error));
        Assert.Equal((ExpressionErrorCodes.Syntax, position), (error.Code, error.Position));
    }

    [Fact]
    public void Integer_beyond_double_keeps_its_digits_alone_and_in_text()
    {
        Assert.Equal("9007199254740993", _scope.Fill("{{input.id}}"));
        Assert.Equal("\"/users/9007199254740993\"", _scope.Fill("/users/{{input.id}}"));
        Assert.Equal("""{"id":9007199254740993}""", _scope.Fill("{{ {id: input.id} }}"));
        Assert.Equal("9007199254740992", _scope.Fill("{{input.id + 0}}"));
    }

    [Theory]
    [InlineData("""{"a":"{{null}}"}""", """{"a":null}""")]
    [InlineData("""["{{true}}","{{false}}"]""", "[true,false]")]
    public void Template_of_a_constant_is_replaced_inside_json_too(string config, string expected)
    {
        Assert.True(Compile(config).TryEvaluate(_scope, ExpressionLimits.Default, out var value, out _));
        Assert.Equal(expected, value.GetRawText());
    }

    [Fact]
    public void Configuration_is_compiled_to_any_depth()
    {
        var config = Compile(
            """{"url":"https://x/{{input.name}}","n":1.50,"list":["{{input.amount}}",{"deep":"{{variables.tier}}"}],"plain":{"a":[1, 2]}}"""
        );

        Assert.False(config.IsConstant);
        Assert.True(config.TryEvaluate(_scope, ExpressionLimits.Default, out var value, out _));
        Assert.Equal("""{"url":"https://x/Ann","n":1.50,"list":[150,{"deep":"gold"}],"plain":{"a":[1, 2]}}""", value.GetRawText());
    }

    [Theory]
    [InlineData("""{"a":[1, 2.50, "x"]}""", """{"a":[1, 2.50, "x"]}""")]
    [InlineData("null", "null")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("""{"a":"{{{{x}}"}""", """{"a":"{{x}}"}""")]
    public void Configuration_without_templates_comes_back_as_written(string json, string expected)
    {
        var config = Compile(json);

        Assert.True(config.TryEvaluate(_scope, ExpressionLimits.Default, out var value, out _));
        Assert.Equal(expected, value.GetRawText());
    }

    [Fact]
    public void Constant_is_evaluated_without_allocating()
    {
        var config = Compile("""{"a":[1,2,"x"]}""");
        Assert.True(config.IsConstant);
        config.TryEvaluate(_scope, ExpressionLimits.Default, out _, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        config.TryEvaluate(_scope, ExpressionLimits.Default, out _, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Condition_over_the_scope_is_evaluated_without_allocating()
    {
        Assert.True(CompiledValue.TryCompileExpression("input.amount > 100 && variables.tier === 'gold'", out var condition, out _));
        var holds = false;
        for (var warmUp = 0; warmUp < 100; warmUp++)
        {
            condition.TryEvaluateCondition(_scope, ExpressionLimits.Default, out holds, out _);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        condition.TryEvaluateCondition(_scope, ExpressionLimits.Default, out _, out _);

        Assert.True(holds);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Error_names_its_place_in_the_configuration()
    {
        Assert.False(CompiledValue.TryCompile(JsonElement.Parse("""{"a":[0,{"b":"{{ 1 + }}"}]}"""), out _, out var syntax));
        Assert.Equal("a[1].b", syntax.Path);

        var config = Compile("""{"headers":{"X":"{{usrname}}"}}""");
        Assert.False(config.TryEvaluate(_scope, ExpressionLimits.Default, out _, out var unknown));
        Assert.Equal(
            (ExpressionErrorCodes.UnknownName, "Unknown name 'usrname'.", 2, "headers.X"),
            (unknown.Code, unknown.Message, unknown.Position, unknown.Path)
        );
    }

    [Theory]
    [InlineData("input.missing", "")]
    [InlineData("input.user", """{ "first": "Ann", "age": 41 }""")]
    [InlineData("input.name", "Ann")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    public void Text_of_a_value_is_what_a_template_would_insert(string expression, string expected)
    {
        Assert.True(CompiledValue.TryCompileExpression(expression, out var compiled, out _));
        Assert.True(compiled.TryEvaluateText(_scope, ExpressionLimits.Default, out var text, out _));
        Assert.Equal(expected, text);
    }

    private static CompiledValue Compile(string json)
    {
        Assert.True(CompiledValue.TryCompile(JsonElement.Parse(json), out var compiled, out var error), error?.Message);
        return compiled;
    }
}
