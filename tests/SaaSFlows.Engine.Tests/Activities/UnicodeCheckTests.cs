using System.Text;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Tests.Activities;

public sealed class UnicodeCheckTests
{
    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\\\\ud83d","b":"\n\u0000\uFFFD"}""")]
    [InlineData("\"😀\"")]
    [InlineData("1e400")]
    public void Whole_characters_pass(string json) => Assert.Null(UnicodeCheck.FirstProblem(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("\"\\ud83d\"", "body")]
    [InlineData("\"\\ud83d\\n\\ude00\"", "body")]
    [InlineData("[1,[],\"\\ude00\\ud83d\"]", "[2]")]
    [InlineData("""{"a":{"b":[1,{"c":"x\ud83dx"}]}}""", "a.b[1].c")]
    [InlineData("""{"a":[{}],"b":[[1],["\\\ud83d"]]}""", "b[1][0]")]
    [InlineData("""{"a":{"\ud83d":1}}""", "a")]
    [InlineData("""{"\ud83d":1}""", "body")]
    public void Half_a_pair_is_found_where_it_stands(string json, string place) =>
        Assert.Equal(place, UnicodeCheck.FirstProblem(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_text_are_found() => Assert.Equal("a", UnicodeCheck.FirstProblem([.. "{\"a\":\""u8, 0xED, 0xA0, 0xBD, .. "\"}"u8]));
}
