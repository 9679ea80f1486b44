using SaaSFlows.Activities.Flow;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Flow;

public sealed class MergeActivityTests
{
    [Theory]
    [InlineData("{}", """[{"a":1},5]""", """{"inputs":[{"a":1},5]}""")]
    [InlineData("""{"merge_strategy":"append"}""", "[1]", """{"inputs":[1]}""")]
    [InlineData("""{"merge_strategy":"first"}""", """[{"a":1},5]""", """{"a":1}""")]
    [InlineData("""{"merge_strategy":"combine"}""", """[{"a":1,"b":{"x":1}},{"b":{"y":2}}]""", """{"a":1,"b":{"y":2}}""")]
    public async Task Strategy_makes_the_output_of_the_gathered_values(string config, string gathered, string output)
    {
        var result = await new ActivityRun(config, gathered).CompletedBy(new MergeActivity());

        Assert.Equal("output", result.Port);
        Json.AssertSame(output, result.Output);
    }

    [Fact]
    public async Task Combine_refuses_what_is_no_object()
    {
        var failure = await new ActivityRun("""{"merge_strategy":"combine"}""", """[{"a":1},[2]]""").FailedBy(new MergeActivity());

        Assert.Equal(("merge.not_an_object", false), (failure.Code, failure.Retryable));
        Assert.Contains("[2]", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1", true)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("-2", false)]
    [InlineData("\"{{n}}\"", false)]
    public void Number_of_branches_is_minus_one_or_at_least_one(string number, bool valid) =>
        Assert.Equal(
            valid,
            ConfigSchema.Compile(new MergeActivity().Descriptor.ConfigSchema).Check(Json.Of($$"""{"input_ports_required":{{number}}}""")).Errors.Count
                == 0
        );
}
