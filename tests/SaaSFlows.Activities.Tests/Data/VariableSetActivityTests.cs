using SaaSFlows.Activities.Data;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Tests.Data;

public sealed class VariableSetActivityTests
{
    [Fact]
    public async Task Variables_keep_their_types_and_the_input_passes()
    {
        var run = new ActivityRun(
            """{"variables":{"total":"{{input.order - 2}}","tags":["{{'a'}}"],"name":"A{{'da'}}","nothing":null}}""",
            """{"order":7}"""
        );

        var result = await run.CompletedBy(new VariableSetActivity(new Globals()));

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
        var failure = await new ActivityRun("""{"variables":"[1]"}""").FailedBy(new VariableSetActivity(new Globals()));

        Assert.Equal(("variables.not_an_object", false), (failure.Code, failure.Retryable));
        Assert.Contains("\"[1]\"", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local", VariableScope.Local)]
    [InlineData("workflow", VariableScope.Workflow)]
    public async Task Scope_says_where_a_variable_lives(string scope, VariableScope expected)
    {
        var run = new ActivityRun($$"""{"variables":{"a":1},"scope":"{{scope}}"}""");
        await run.CompletedBy(new VariableSetActivity(new Globals()));

        Assert.Equal(expected, run.Scopes["a"]);
    }

    [Fact]
    public async Task Global_variables_are_an_effect_and_leave_the_executions_own_alone()
    {
        var globals = new Globals();
        var activity = new VariableSetActivity(globals);
        var run = new ActivityRun("""{"variables":{"a":"{{1 + 1}}"},"scope":"global"}""", "7");
        var result = await run.CompletedBy(activity);

        Assert.True(activity.Descriptor.HasEffectsWith(Json.Of("""{"scope":"global"}""")));
        Assert.False(activity.Descriptor.HasEffectsWith(Json.Of("""{"scope":"local"}""")));
        Json.AssertSame("2", globals.Values["a"]);
        Assert.Equal(run.IdempotencyKey, globals.Key);
        Assert.Empty(run.Variables);
        Json.AssertSame("7", result.Output);
    }
}
