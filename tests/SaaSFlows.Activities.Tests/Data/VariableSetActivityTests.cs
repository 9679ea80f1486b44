using SaaSFlows.Activities.Data;

namespace SaaSFlows.Activities.Tests.Data;

public sealed class VariableSetActivityTests
{
    [Fact]
    public async Task Variables_keep_their_types_and_the_input_passes()
    {
        var run = new ActivityRun("""{"variables":{"total":"{{input.order - 2}}","tags":["{{'a'}}"],"name":"A{{'da'}}","nothing":null}}""", """{"order":7}""");

        var result = await run.CompletedBy(new VariableSetActivity());

        Assert.Equal("output", result.Port);
        Json.AssertSame("""{"order":7}""", result.Output);
        Assert.Equal(["total", "tags", "name", "nothing"], run.Variables.Keys);
        Json.AssertSame("5", run.Variables["total"]);
        Json.AssertSame("""["a"]""", run.Variables["tags"]);
        Json.AssertSame("\"Ada\"", run.Variables["name"]);
        Json.AssertSame("null", run.Variables["nothing"]);
    }

    [Fact]
    public async Task Template_that_gave_no_object_fails_and_shows_what_it_gave()
    {
        var failure = await new ActivityRun("""{"variables":"[1]"}""").FailedBy(new VariableSetActivity());

        Assert.Equal(("variables.not_an_object", false), (failure.Code, failure.Retryable));
        Assert.Contains("\"[1]\"", failure.Message, StringComparison.Ordinal);
    }
}
