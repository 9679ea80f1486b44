using System.Text.Json;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>A text that is JSON around its expressions stays JSON, whatever they give.</summary>
public sealed class JsonTemplateTests
{
    private static readonly JsonElement Input = JsonElement.Parse(
        """{"quote":"a \"b\" \\ \n","n":5,"list":[1],"made":"1,\"admin\":true","none":null}"""
    );

    [Theory]
    [InlineData("""{"name": "{{input.quote}}"}""", """{"name": "a \"b\" \\ \n"}""")]
    [InlineData("""{"name": "Dear {{input.quote}}!", "n": {{input.n}}}""", """{"name": "Dear a \"b\" \\ \n!", "n": 5}""")]
    [InlineData("""[{{input.list}}, {{input.none}}, {{input.missing}}]""", """[[1], null, null]""")]
    [InlineData("""{"name": {{input.quote}}}""", """{"name": "a \"b\" \\ \n"}""")]
    [InlineData("""{"x": {{JSON.stringify(input.quote)}}}""", """{"x": "a \"b\" \\ \n"}""")]
    [InlineData("""{"x": {{JSON.stringify(input.list)}}, "y": {{input.made}}}""", """{"x": [1], "y": "1,\"admin\":true"}""")]
    [InlineData("""{"{{input.quote}}": "\"{{input.n}}"}""", """{"a \"b\" \\ \n": "\"5"}""")]
    [InlineData("""{"x": "{{'\"'}}"}""", """{"x": "\""}""")]
    [InlineData("""not json: {"{{input.quote}}"}""", "not json: {\"a \"b\" \\ \n\"}")]
    [InlineData("""{{input.n}}{{input.n}}""", "55")]
    public void Values_are_written_for_the_place_where_they_stand(string template, string expected)
    {
        Assert.True(CompiledValue.TryCompileJsonTemplate(template, out var compiled, out var error), error?.Message);
        Assert.True(compiled.TryEvaluateText(new Scope(), ExpressionLimits.Default, out var text, out error), error?.Message);

        Assert.Equal(expected, text);
    }

    private sealed class Scope : IExpressionScope
    {
        public bool TryResolve(string name, out ExpressionValue value)
        {
            value = ExpressionValue.From(Input);
            return name == "input";
        }
    }
}
