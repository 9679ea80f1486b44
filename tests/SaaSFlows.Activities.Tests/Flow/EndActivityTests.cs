using SaaSFlows.Activities.Flow;

namespace SaaSFlows.Activities.Tests.Flow;

public sealed class EndActivityTests
{
    [Theory]
    [InlineData("""{"output_data":{"total":5}}""", """{"total":5}""")]
    [InlineData("""{"output_data":false}""", "false")]
    [InlineData("""{"output_data":{"n":"{{input.order}}","text":"no. {{input.order}}"}}""", """{"n":7,"text":"no. 7"}""")]
    [InlineData("""{"output_data":"{{input}}"}""", """{"order":7}""")]
    [InlineData("{}", """{"order":7}""")]
    public async Task End_ends_the_branch_with_its_output_or_with_what_arrived(string config, string output)
    {
        var result = await new ActivityRun(config, """{"order":7}""").CompletedBy(new EndActivity());

        Assert.Null(result.Port);
        Json.AssertSame(output, result.Output);
    }
}
