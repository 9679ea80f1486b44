using SaaSFlows.Activities.Conditions;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Conditions;

public sealed class FilterActivityTests
{
    private const string Items = """[{"price":5},{"price":15},{"price":25}]""";

    [Theory]
    [InlineData("\"items\"", """[{"variable":"item.price","operator":"greater_than","value":10}]""", """[{"price":15},{"price":25}]""")]
    [InlineData("\"{{items}}\"", """[{"variable":"item.price","operator":"greater_than","value":"{{least}}"}]""", """[{"price":25}]""")]
    [InlineData("[3,1,2]", """[{"variable":"item","operator":"less_than","value":3}]""", "[1,2]")]
    [InlineData("[\"a\",\"b\"]", """{"not":{"variable":"index","operator":"equals","value":0}}""", "[\"b\"]")]
    [InlineData("[]", """[{"variable":"item","operator":"exists"}]""", "[]")]
    [InlineData("\"items\"", """[{"variable":"least","operator":"equals","value":20}]""", Items)]
    public async Task Entries_for_which_the_conditions_hold_are_kept_in_order(string list, string condition, string kept)
    {
        var run = Run(list, condition);
        var result = await run.CompletedBy(new FilterActivity());

        Assert.Equal("output", result.Port);
        Json.AssertSame(kept, result.Output);
        Json.AssertSame(kept, run.Variables["kept"]);
    }

    [Theory]
    [InlineData("\"nobody.home\"")]
    [InlineData("\"{{least}}\"")]
    public async Task What_is_no_list_fails(string list) =>
        Assert.Equal("filter.not_a_list", (await Run(list, """[{"variable":"item","operator":"exists"}]""").FailedBy(new FilterActivity())).Code);

    [Fact]
    public async Task A_comparison_that_cannot_be_made_fails() =>
        Assert.Equal(
            "condition.bad_regex",
            (await Run("[\"a\"]", """[{"variable":"item","operator":"matches_regex","value":"("}]""").FailedBy(new FilterActivity())).Code
        );

    [Fact]
    public async Task An_expression_judges_each_entry()
    {
        var result = await Run("[1,5,30,50]", "\"{{ item > least && index < 3 }}\"").CompletedBy(new FilterActivity());

        Json.AssertSame("[30]", result.Output);
    }

    [Fact]
    public async Task An_expression_judges_only_so_many_entries() =>
        Assert.Equal(
            "filter.too_many",
            (await Run($"[{string.Join(',', Enumerable.Repeat(1, 10_001))}]", "\"{{ item > 1 }}\"").FailedBy(new FilterActivity())).Code
        );

    [Fact]
    public void Conditions_are_checked_as_everywhere() =>
        Assert.Contains(
            ConfigSchema
                .Compile(new FilterActivity().Descriptor.ConfigSchema)
                .Check(Json.Of("""{"input_array":"a","condition":[{"variable":"a","operator":"eq"}]}"""))
                .Errors,
            error => error.Path == "condition[0].operator"
        );

    private static ActivityRun Run(string list, string condition) =>
        new($$"""{"input_array":{{list}},"condition":{{condition}},"output_variable":"kept"}""")
        {
            Names = Json.Of($$"""{"items":{{Items}},"least":20}"""),
        };
}
