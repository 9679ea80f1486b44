using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Graphs;

public sealed class ConfigSchemaTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"a\"", "5", "'field' must be text, but is 5.")]
    [InlineData("""{"type":"integer"}""", "5.0", "5.5", "'field' must be a whole number, but is 5.5.")]
    [InlineData("""{"type":"integer"}""", "-5", "1e999", "'field' must be a whole number, but is 1e999.")]
    [InlineData("""{"type":"number"}""", "1e3", "\"1\"", "'field' must be a number, but is \"1\".")]
    [InlineData("""{"type":"boolean"}""", "false", "0", "'field' must be true or false, but is 0.")]
    [InlineData("""{"type":"array"}""", "[]", "{}", "'field' must be a list, but is {}.")]
    [InlineData("""{"type":"object"}""", "{}", "[]", "'field' must be an object, but is [].")]
    [InlineData("""{"type":["integer","string"]}""", "\"7\"", "true", "'field' must be a whole number or text, but is true.")]
    [InlineData("""{"enum":["GET","POST"]}""", "\"GET\"", "\"get\"", "'field' must be one of GET, POST, but is \"get\".")]
    [InlineData("""{"minimum":1}""", "1", "0.5", "'field' must be at least 1, but is 0.5.")]
    [InlineData("""{"maximum":31536000}""", "31536000", "31536001", "'field' must be at most 31,536,000, but is 31536001.")]
    [InlineData("""{"minLength":1}""", "\"a\"", "\"\"", "'field' must not be empty.")]
    [InlineData("""{"minLength":2}""", "\"ab\"", "\"🙂\"", "'field' must have at least 2 characters, but has 1.")]
    [InlineData("""{"maxLength":2}""", "\"🙂🙂\"", "\"abc\"", "'field' must have at most 2 characters, but has 3.")]
    [InlineData(
        """{"format":"uri"}""",
        "\"https://example.com/a?b=1\"",
        "\"ftp://example.com\"",
        """'field' must be an address that begins with https:// or http://, but is "ftp://example.com"."""
    )]
    [InlineData(
        """{"format":"uri"}""",
        "\"{{ base }}/orders\"",
        "\"/orders\"",
        """'field' must be an address that begins with https:// or http://, but is "/orders"."""
    )]
    [InlineData("""{"pattern":"^[a-z]+$"}""", "\"abc\"", "\"abc\\n\"", """'field' has the wrong form: it must match ^[a-z]+$, but is "abc\n".""")]
    [InlineData("""{"pattern":"^\\d$"}""", "\"1\"", "\"١\"", """'field' has the wrong form: it must match ^\d$, but is "١".""")]
    [InlineData("""{"minItems":1}""", "[1]", "[]", "'field' must not be empty.")]
    [InlineData("""{"minItems":2}""", "[1,2]", "[1]", "'field' must have at least 2 entries, but has 1.")]
    [InlineData("""{"maxItems":1}""", "[1]", "[1,2]", "'field' must have at most 1 entries, but has 2.")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"a":"b"}""", """{"a":1}""", "'field.a' must be text, but is 1.")]
    [InlineData("""{"additionalProperties":false}""", "{}", """{"a":1}""", "'field.a' is not a known field.")]
    [InlineData("""{"items":{"required":["a"]}}""", """[{"a":1}]""", """[{"a":1},{"a":null}]""", "'field[1].a' is required.")]
    [InlineData(
        """{"anyOf":[{"type":"string","title":"a name"},{"type":"integer","title":"a number"}]}""",
        "1",
        "true",
        "'field' needs one of: a name; a number."
    )]
    [InlineData("""{"oneOf":[{"required":["a"]},{"required":["b"]}]}""", """{"a":1}""", """{"a":1,"b":1}""", "'field' needs exactly one of: a; b.")]
    public void Keyword_accepts_one_value_and_refuses_another_by_name_value_and_limit(string schema, string good, string bad, string message)
    {
        Assert.Empty(Check(schema, good).Errors);
        Assert.Equal([message], Check(schema, bad).Errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("""{"type":"integer","minimum":5}""")]
    [InlineData("""{"type":"boolean"}""")]
    [InlineData("""{"type":"array","minItems":1}""")]
    [InlineData("""{"type":"object","required":["a"]}""")]
    [InlineData("""{"type":"string","maxLength":3,"pattern":"^a$"}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"string"}]}""")]
    public void Text_with_a_template_is_accepted_for_every_type(string schema) => Assert.Empty(Check(schema, "\"{{ input.x }}\"").Errors);

    [Fact]
    public void Literal_field_refuses_a_template() =>
        Assert.Equal(
            ["'field' must not hold a template, but is \"{{x}}\": it is read before the node runs."],
            Check("""{"type":"string","x-literal":true}""", "\"{{x}}\"").Errors.Select(error => error.Message)
        );

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"url":null}""")]
    public void A_required_field_that_is_null_or_left_out_is_missing(string config)
    {
        var schema = ConfigSchema.Compile(Json.Of("""{"type":"object","required":["url"],"properties":{"url":{"type":"string"}}}"""));

        var error = Assert.Single(schema.Check(Json.Of(config)).Errors);

        Assert.Equal(("url", "'url' is required."), (error.Path, error.Message));
    }

    [Fact]
    public void Reserved_name_gives_its_warning_and_no_error()
    {
        var schema = ConfigSchema.Compile(Json.Of("""{"additionalProperties":false,"x-reserved":{"cooldown":"'cooldown' has no effect."}}"""));

        var report = schema.Check(Json.Of("""{"cooldown":5}"""));

        Assert.Empty(report.Errors);
        Assert.Equal([new ConfigSchemaProblem("cooldown", "'cooldown' has no effect.")], report.Warnings);
    }

    [Fact]
    public void Definitions_may_refer_to_themselves()
    {
        var schema = ConfigSchema.Compile(
            Json.Of(
                """
                {
                  "properties": { "tree": { "$ref": "#/$defs/tree" } },
                  "$defs": { "tree": { "type": "array", "items": { "$ref": "#/$defs/tree" } } }
                }
                """
            )
        );

        var error = Assert.Single(schema.Check(Json.Of("""{"tree":[[],[[5]]]}""")).Errors);

        Assert.Equal("tree[1][0][0]", error.Path);
    }

    [Fact]
    public void A_long_value_is_shown_visibly_shortened()
    {
        var error = Assert.Single(Check("""{"type":"integer"}""", $"\"{new string('x', 500)}\"").Errors);

        Assert.EndsWith("xxx….", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 150);
    }

    [Theory]
    [InlineData("""{"minimun":1}""", "minimun")]
    [InlineData("""{"properties":{"a":{"const":1}}}""", "const")]
    [InlineData("""{"type":"text"}""", "text")]
    [InlineData("""{"$ref":"#/$defs/missing"}""", "missing")]
    [InlineData("""{"$defs":{"a":{}},"$ref":"#/$defs/a","minimum":1}""", "$ref")]
    public void Schema_beyond_the_subset_is_a_bug(string schema, string name) =>
        Assert.Contains(
            name,
            Assert.Throws<ArgumentException>(() => ConfigSchema.Compile(Json.Of($$$"""{"properties":{"x":{{{schema}}}}}"""))).Message,
            StringComparison.Ordinal
        );

    private static ConfigSchemaReport Check(string schema, string value) =>
        ConfigSchema.Compile(Json.Of($$$"""{"properties":{"field":{{{schema}}}}}""")).Check(Json.Of($$"""{"field":{{value}}}"""));
}
