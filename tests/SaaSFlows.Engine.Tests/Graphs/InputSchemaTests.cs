using System.Text.Json;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Tests.Graphs;

public sealed class InputSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","required":["a"]}""", """{}""", "a", "is required.")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":1.5}""", "a", "must be a whole number, but is 1.5.")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":null}""", "a", "must be text, but is null.")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""", """{"a":"{{x}}"}""", "a", "must be a whole number, but is \"{{x}}\".")]
    [InlineData("""{"properties":{"a":{"exclusiveMinimum":1}}}""", """{"a":1}""", "a", "must be more than 1, but is 1.")]
    [InlineData("""{"properties":{"a":{"exclusiveMaximum":1}}}""", """{"a":1}""", "a", "must be less than 1, but is 1.")]
    [InlineData("""{"properties":{"a":{"const":"x"}}}""", """{"a":"y"}""", "a", "must be one of x, but is \"y\".")]
    [InlineData(
        """{"properties":{"a":{"items":{"pattern":"^[a-z]+$"}}}}""",
        """{"a":["ok","No"]}""",
        "a[1]",
        "has the wrong form: it must match ^[a-z]+$, but is \"No\"."
    )]
    [InlineData("""{"additionalProperties":false}""", """{"b":1}""", "b", "is not a known field.")]
    [InlineData("""{"properties":{"a":{"type":"array"}}}""", """{"a":{}}""", "a", "must be a list, but is {}.")]
    [InlineData("""{"properties":{"a":{"minLength":1}}}""", """{"a":"\ud800"}""", "input", "holds text that is not valid Unicode.")]
    public void Input_that_breaks_a_rule_is_told_with_path_and_rule(string schema, string input, string path, string problem)
    {
        Assert.True(InputSchema.TryCompile(JsonElement.Parse(schema), out var compiled, out var wrong), wrong);

        Assert.Equal(new Dictionary<string, string> { [path] = problem }, compiled.Check(JsonElement.Parse(input)));
    }

    [Theory]
    [InlineData("""{"type":["object","null"],"format":"email","title":"T","$comment":"c","x-mine":1}""", "null")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "5")]
    [InlineData("{}", "{}")]
    public void Input_that_keeps_the_rules_is_taken(string schema, string input)
    {
        Assert.True(InputSchema.TryCompile(JsonElement.Parse(schema), out var compiled, out var wrong), wrong);

        Assert.Empty(compiled.Check(JsonElement.Parse(input)));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"if":{}}}}""", "input_schema.properties.a.if is a keyword that is not supported.")]
    [InlineData("""{"properties":{"a":{"enum":[]}}}""", "input_schema.properties.a.enum must not be empty.")]
    [InlineData("""{"$ref":"#"}""", "input_schema.$ref is a keyword that is not supported.")]
    [InlineData("""{"properties":{"a":{"type":"text"}}}""", "input_schema.properties.a.type names the type 'text', which JSON Schema does not have.")]
    [InlineData("""{"minimum":"1"}""", "input_schema.minimum must be a number.")]
    [InlineData("""{"minLength":-1}""", "input_schema.minLength must be a whole number of at least 0.")]
    [InlineData("""{"items":[]}""", "input_schema.items must be a JSON Schema as an object.")]
    [InlineData("""{"required":"a"}""", "input_schema.required must be a list.")]
    [InlineData("""{"type":"array"}""", "input_schema.type must be object: a workflow is always started with an object.")]
    [InlineData("""{"type":["string","null"]}""", "input_schema.type must be object: a workflow is always started with an object.")]
    public void Schema_that_can_t_be_enforced_is_told(string schema, string problem)
    {
        Assert.False(InputSchema.TryCompile(JsonElement.Parse(schema), out _, out var wrong));

        Assert.Equal(problem, wrong);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("(a*)*b")]
    public void Pattern_of_a_tenant_takes_no_time(string pattern)
    {
        Assert.True(InputSchema.TryCompile(JsonSerializer.SerializeToElement(new { pattern }), out var compiled, out var wrong), wrong);

        Assert.Single(compiled.Check(JsonSerializer.SerializeToElement(new string('a', 200_000) + "!")));
    }

    [Theory]
    [InlineData(@"(?=a)b")]
    [InlineData("(a{1000}){1000}")]
    [InlineData("[")]
    public void Pattern_that_can_t_be_matched_in_linear_time_is_told(string pattern) =>
        Assert.False(InputSchema.TryCompile(JsonSerializer.SerializeToElement(new { pattern }), out _, out _));

    [Fact]
    public void Steps_of_a_check_and_size_of_a_schema_are_limited()
    {
        var branches = Enumerable.Range(0, 400).Select(_ => new { type = "string" });
        Assert.True(InputSchema.TryCompile(JsonSerializer.SerializeToElement(new { items = new { anyOf = branches } }), out var wide, out _));
        var problems = wide.Check(JsonSerializer.SerializeToElement(new int[100_000]));

        Assert.Contains("steps", problems["input"], StringComparison.Ordinal);
        Assert.False(InputSchema.TryCompile(JsonSerializer.SerializeToElement(new { anyOf = branches.Concat(branches) }), out _, out _));
    }
}
