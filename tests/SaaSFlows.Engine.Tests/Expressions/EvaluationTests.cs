using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Tests.Expressions;

/// <summary>What the comparison with a real JavaScript does not cover: our own rules.</summary>
public sealed class EvaluationTests
{
    private readonly TestScope _scope = new();

    [Theory]
    [InlineData("input.missing?.a.b.c", "null")]
    [InlineData("(input.missing?.a).b", ExpressionErrorCodes.Type)]
    [InlineData("input.missing?.[0]", "null")]
    [InlineData("input.missing?.trim()", "null")]
    [InlineData("input.missing.a", ExpressionErrorCodes.Type)]
    [InlineData("input.items[1]", "2")]
    [InlineData("input['user']['first']", "\"Ann\"")]
    [InlineData("input.items.length", "3")]
    [InlineData("input.items[-1]", "null")]
    [InlineData("input.name[0]", "\"A\"")]
    [InlineData("{username}", """{"username":"ann"}""")]
    public void Members_are_read_as_in_JavaScript(string expression, string expected) => Assert.Equal(expected, _scope.Run(expression));

    [Theory]
    [InlineData("input.user === {age: 41, first: 'Ann'}", "true")]
    [InlineData("input.items == [1, 2, 3]", "true")]
    [InlineData("input.items === [1, 2]", "false")]
    [InlineData("[[1], 2].includes([1])", "true")]
    [InlineData("'' + input.items", "\"[1,2,3]\"")]
    [InlineData("String({a: 1})", "\"{\\\"a\\\":1}\"")]
    [InlineData("'a-b'.replace('-', '$&')", "\"a$\\u0026b\"")]
    public void Arrays_and_objects_compare_by_content_and_print_as_json(string expression, string expected) =>
        Assert.Equal(System.Text.Json.JsonElement.Parse(expected).ToString(), System.Text.Json.JsonElement.Parse(_scope.Run(expression)).ToString());

    [Theory]
    [InlineData("constructor")]
    [InlineData("__proto__")]
    [InlineData("prototype")]
    [InlineData("hasOwnProperty")]
    public void Prototype_names_are_missing_members(string name)
    {
        Assert.Equal("null", _scope.Run($"input.{name}"));
        Assert.Equal("null", _scope.Run($"''['{name}']"));
        Assert.Equal("false", _scope.Run($"'{name}' in input"));
        Assert.Equal(ExpressionErrorCodes.UnknownFunction, _scope.Run($"input.{name}('x')"));
        Assert.Equal(ExpressionErrorCodes.UnknownFunction, _scope.Run($"{name}('x')"));
    }

    [Theory]
    [InlineData("x => 1", ExpressionErrorCodes.Syntax)]
    [InlineData("a = 1", ExpressionErrorCodes.Syntax)]
    [InlineData("input.items++", ExpressionErrorCodes.Syntax)]
    [InlineData("new Date()", ExpressionErrorCodes.Syntax)]
    [InlineData("`x`", ExpressionErrorCodes.Syntax)]
    [InlineData("1; 2", ExpressionErrorCodes.Syntax)]
    [InlineData("/a/.test('a')", ExpressionErrorCodes.Syntax)]
    [InlineData("[...input.items]", ExpressionErrorCodes.Syntax)]
    [InlineData("1 || 2 ?? 3", ExpressionErrorCodes.Syntax)]
    [InlineData("017", ExpressionErrorCodes.Syntax)]
    [InlineData("2abc", ExpressionErrorCodes.Syntax)]
    [InlineData("'\\u12'", ExpressionErrorCodes.Syntax)]
    [InlineData("", ExpressionErrorCodes.Syntax)]
    [InlineData("eval('1')", ExpressionErrorCodes.UnknownFunction)]
    [InlineData("Math.random()", ExpressionErrorCodes.UnknownFunction)]
    [InlineData("'a'.padStart()", ExpressionErrorCodes.Arguments)]
    [InlineData("JSON.stringify(1, null, 2)", ExpressionErrorCodes.Arguments)]
    public void What_is_not_in_the_language_does_not_compile(string expression, string code)
    {
        Assert.False(CompiledValue.TryCompileExpression(expression, out _, out var error));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void Unknown_name_is_an_error_that_typeof_may_ask_about()
    {
        Assert.Equal("Unknown name 'usrname'.", _scope.Fail("usrname").Message);
        Assert.Equal("\"undefined\"", _scope.Run("typeof usrname"));
        Assert.Equal("1", _scope.Run("true ? 1 : usrname"));
        Assert.Equal("true", _scope.Run("true || usrname"));
        Assert.Equal("1", _scope.Run("1 ?? usrname"));
    }

    [Fact]
    public void Member_of_nothing_says_what_and_where()
    {
        var error = _scope.Fail("1 + input.missing.name");
        Assert.Equal((ExpressionErrorCodes.Type, "Can't read 'name' of undefined.", 18), (error.Code, error.Message, error.Position));
    }

    [Theory]
    [InlineData("JSON.parse('{')", ExpressionErrorCodes.Value)]
    [InlineData("'a'.repeat(-1)", ExpressionErrorCodes.Value)]
    [InlineData("(1).toFixed(101)", ExpressionErrorCodes.Value)]
    [InlineData("(1).trim()", ExpressionErrorCodes.Type)]
    [InlineData("'a'.join()", ExpressionErrorCodes.Type)]
    [InlineData("Object.keys(1)", ExpressionErrorCodes.Type)]
    [InlineData("'a' in 'abc'", ExpressionErrorCodes.Type)]
    public void Value_of_the_wrong_kind_is_an_error(string expression, string code) => Assert.Equal(code, _scope.Run(expression));

    [Fact]
    public void Secret_survives_what_passes_it_on()
    {
        _scope.Added["secret"] = ExpressionValue.Secret("ref:1");

        Assert.Equal("\"ref:1\"", _scope.Fill("{{secret}}"));
        Assert.Equal("\"Bearer ref:1\"", _scope.Fill("Bearer {{secret}}"));
        Assert.Equal("""{"a":["ref:1"]}""", _scope.Run("{a: [secret]}"));
        Assert.Equal("\"ref:1\"", _scope.Run("input.missing ?? secret"));
        Assert.Equal("\"yes\"", _scope.Run("secret ? 'yes' : 'no'"));
    }

    [Theory]
    [InlineData("secret + ''")]
    [InlineData("secret === 'ref:1'")]
    [InlineData("secret == null")]
    [InlineData("secret < 'z'")]
    [InlineData("secret.length")]
    [InlineData("secret[0]")]
    [InlineData("secret.slice(1)")]
    [InlineData("'x'.includes(secret)")]
    [InlineData("[secret].join()")]
    [InlineData("[secret].includes('ref:1')")]
    [InlineData("JSON.stringify({a: secret})")]
    [InlineData("String(secret)")]
    [InlineData("-secret")]
    [InlineData("input[secret]")]
    [InlineData("encodeURIComponent(secret)")]
    public void Secret_is_neither_compared_nor_transformed(string expression)
    {
        _scope.Added["secret"] = ExpressionValue.Secret("ref:1");
        Assert.Equal(ExpressionErrorCodes.Secret, _scope.Run(expression));
    }

    [Fact]
    public void Root_may_be_computed_when_asked()
    {
        _scope.Added["env"] = ExpressionValue.From(
            new Dictionary<string, ExpressionValue> { ["KEY"] = ExpressionValue.Secret("r"), ["MODE"] = ExpressionValue.From("live") }
        );

        Assert.Equal("\"live\"", _scope.Run("env.MODE"));
        Assert.Equal("\"r\"", _scope.Run("env['KEY']"));
        Assert.Equal("""["KEY","MODE"]""", _scope.Run("Object.keys(env)"));
    }
}
