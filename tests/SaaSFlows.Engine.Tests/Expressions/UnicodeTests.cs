namespace SaaSFlows.Engine.Tests.Expressions;

public sealed class UnicodeTests
{
    /// <summary>What a sender may put into JSON and .NET refuses to read: half a surrogate pair.</summary>
    private readonly TestScope _scope = new("""{"input":{"half":"\ud800x","\ud801":1,"name":"Ann","zero":"a\u0000b","emoji":"😀"}}""");

    [Theory]
    [InlineData("input.half", "\"\\ud800x\"")]
    [InlineData("input.half + '!'", "\"\uFFFDx!\"")]
    [InlineData("input.half.length", "2")]
    [InlineData("input.half === '\\ud800x'", "true")]
    [InlineData("input.half === 'Ann'", "false")]
    [InlineData("input.half ? 1 : 2", "1")]
    [InlineData("input.name", "\"Ann\"")]
    [InlineData("input['\\ud801']", "1")]
    [InlineData("input.missing", "null")]
    [InlineData("Object.keys(input).length", "5")]
    [InlineData("JSON.stringify(input.half)", "\"\\\"\\\\ud800x\\\"\"")]
    [InlineData("JSON.parse('\"' + input.half + '\"')", SaaSFlows.Engine.Expressions.ExpressionErrorCodes.Value)]
    [InlineData("encodeURIComponent(input.half)", "\"%EF%BF%BDx\"")]
    public void Lone_surrogates_are_read_and_written_as_valid_json(string expression, string expected) =>
        Assert.Equal(expected, _scope.Run(expression));

    [Theory]
    [InlineData("input.zero", "\"a\\u0000b\"")]
    [InlineData("input.zero + input.zero.length", "\"a\\u0000b3\"")]
    [InlineData("input.zero === 'a\\0b'", "true")]
    [InlineData("Number('5\\u0000')", "null")]
    [InlineData("input.emoji + '!'", "\"😀!\"")]
    [InlineData("input.emoji.length", "2")]
    [InlineData("input.emoji[0] + input.emoji[1] === input.emoji", "true")]
    [InlineData("input.emoji[0]", "\"\uFFFD\"")]
    [InlineData("'\\u{1F600}' === input.emoji", "true")]
    [InlineData("{ключ: 'значение'}.ключ", "\"значение\"")]
    [InlineData("'\u2028'", "\"\u2028\"")]
    public void Every_character_survives(string expression, string expected) => Assert.Equal(expected, _scope.Run(expression));
}
