using System.Text.Json;
using SaaSFlows.Activities.Conditions;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Conditions;

public sealed class IfActivityTests
{
    private const string Yes = """{"variable":"payload.amount","operator":"greater_than","value":10}""";
    private const string No = """{"variable":"payload.amount","operator":"less_than","value":10}""";

    private static readonly JsonElement Names = Json.Of("""{"payload":{"amount":50},"secret":"s3cret"}""");

    [Theory]
    [InlineData($"[{Yes}]", "true")]
    [InlineData($"[{Yes},{Yes}]", "true")]
    [InlineData($"[{Yes},{No}]", "false")]
    [InlineData(Yes, "true")]
    [InlineData(No, "false")]
    [InlineData($"{{\"and\":[{Yes},{No}]}}", "false")]
    [InlineData($"{{\"or\":[{No},{Yes}]}}", "true")]
    [InlineData($"{{\"or\":[{No},{No}]}}", "false")]
    [InlineData($"{{\"not\":{No}}}", "true")]
    [InlineData($"{{\"not\":[{Yes},{No}]}}", "true")]
    [InlineData($"[{{\"or\":[{No},{{\"not\":{{\"and\":[{Yes},{No}]}}}}]}},{Yes}]", "true")]
    public async Task Condition_chooses_the_port_and_passes_the_input_on(string condition, string port)
    {
        Assert.Empty(Check(condition).Errors);

        var result = await Run(condition).CompletedBy(new IfActivity());

        Assert.Equal(port, result.Port);
        Json.AssertSame("""{"order":7}""", result.Output);
    }

    [Theory]
    [InlineData("\"{{ payload.amount > 10 }}\"", "true")]
    [InlineData("\"{{ payload.amount > 100 }}\"", "false")]
    [InlineData("\"{{ payload.nothing }}\"", "false")]
    [InlineData("\"{{ '' }}\"", "false")]
    [InlineData("\"{{ 0 }}\"", "false")]
    [InlineData("\"{{ payload }}\"", "true")]
    [InlineData($"[{Yes},\"{{{{ payload.amount == 50 }}}}\"]", "true")]
    [InlineData($"{{\"or\":[{No},\"{{{{ payload.amount == 50 }}}}\"]}}", "true")]
    [InlineData("{\"not\":\"{{ payload.amount == 50 }}\"}", "false")]
    public async Task Expression_is_a_condition(string condition, string port)
    {
        Assert.Empty(Check(condition).Errors);
        Assert.Empty(new IfActivity().Problems(Json.Of($"{{\"condition\":{condition}}}")));

        Assert.Equal(port, (await Run(condition).CompletedBy(new IfActivity())).Port);
    }

    [Theory]
    [InlineData("between", "[5]", "between needs a list of two values")]
    [InlineData("between", "null", "between needs a list of two values, the least and the greatest, but has none.")]
    [InlineData("after", "\"2026-02-30\"", "after needs a date")]
    [InlineData("before", "null", "before needs a date such as 2027-01-31 or 2027-01-31T09:00:00Z, but has none.")]
    [InlineData("matches_regex", "\"(\"", "cannot be used")]
    [InlineData("greater_than", "null", "greater_than needs a number or a text to compare with, but has none.")]
    [InlineData("starts_with", "null", "starts_with needs a value")]
    public void Value_with_which_nothing_can_be_compared_is_refused(string symbol, string value, string problem)
    {
        var condition = $"{{\"or\":[{{\"variable\":\"payload.amount\",\"operator\":\"{symbol}\",\"value\":{value}}}]}}";
        var found = Assert.Single(new IfActivity().Problems(Json.Of($"{{\"condition\":{condition}}}")));

        Assert.StartsWith("'condition.or[0].value': ", found, StringComparison.Ordinal);
        Assert.Contains(problem, found, StringComparison.Ordinal);
        Assert.Empty(
            new IfActivity().Problems(
                Json.Of($"{{\"condition\":{condition.Replace($"\"value\":{value}", "\"value\":\"{{ payload.x }}\"", StringComparison.Ordinal)}}}")
            )
        );
    }

    [Theory]
    [InlineData("\"n > 5\"", "'condition' is no condition: write an expression as {{ n > 5 }}.")]
    [InlineData("[\"n > 5\"]", "'condition[0]' is no condition: write an expression as {{ n > 5 }}.")]
    [InlineData("{\"or\":[\"{{ n }} > 5\"]}", "'condition.or[0]' must be one expression with nothing around it: text is always true.")]
    [InlineData("\"{{{{ n > 5\"", "'condition' must be one expression with nothing around it: text is always true.")]
    [InlineData("\" {{ n > 5 }}\"", "'condition' must be one expression with nothing around it: text is always true.")]
    public void Text_that_is_no_expression_is_refused(string condition, string problem) =>
        Assert.Equal([problem], new IfActivity().Problems(Json.Of($"{{\"condition\":{condition}}}")));

    [Fact]
    public async Task Group_stops_at_the_entry_that_decides_it()
    {
        const string broken = """{"variable":"payload.amount","operator":"matches_regex","value":"("}""";

        Assert.Equal("true", (await Run($"{{\"or\":[{Yes},{broken}]}}").CompletedBy(new IfActivity())).Port);
        Assert.Equal("false", (await Run($"[{No},{broken}]").CompletedBy(new IfActivity())).Port);
        Assert.Equal("condition.bad_regex", (await Run($"{{\"not\":{broken}}}").FailedBy(new IfActivity())).Code);
    }

    [Fact]
    public async Task Name_that_means_nothing_is_missing()
    {
        Assert.Equal("false", (await Run("""[{"variable":"nobody.home","operator":"exists"}]""").CompletedBy(new IfActivity())).Port);
        Assert.Equal("true", (await Run("""[{"variable":"nobody.home","operator":"is_empty"}]""").CompletedBy(new IfActivity())).Port);
    }

    [Fact]
    public async Task Text_that_a_template_made_is_never_looked_up_as_a_name()
    {
        const string condition = """[{"variable":"{{message}}","operator":"equals","value":"secret"}]""";
        var run = new ActivityRun($$"""{"condition":{{condition}}}""") { Names = Json.Of("""{"message":"secret","secret":"s3cret"}""") };

        Assert.Empty(Check(condition).Errors);
        Assert.Equal("true", (await run.CompletedBy(new IfActivity())).Port);
    }

    [Theory]
    [InlineData("""{"variable":"{{payload.amount * 2}}","operator":"equals","value":100}""", "true")]
    [InlineData("""{"variable":"payload.amount","operator":"in_list","value":"{{[40, 50]}}"}""", "true")]
    [InlineData("""{"variable":"payload.amount","operator":"in_list","value":["{{payload.amount}}"]}""", "true")]
    [InlineData("""{"variable":"{{payload.nothing}}","operator":"exists"}""", "false")]
    [InlineData("""{"not":{"variable":"{{payload.amount}}","operator":"less_than","value":"{{payload.amount + 1}}"}}""", "false")]
    public async Task Templates_in_variable_and_value_keep_their_types(string condition, string port)
    {
        Assert.Empty(Check(condition).Errors);
        Assert.Equal(port, (await Run(condition).CompletedBy(new IfActivity())).Port);
    }

    [Theory]
    [InlineData("[]", "condition")]
    [InlineData("5", "condition")]
    [InlineData("{\"or\":[]}", "condition.or")]
    [InlineData("{\"xor\":[]}", "condition")]
    [InlineData("""[{"variable":"a","operator":"eq","value":1}]""", "condition[0].operator")]
    [InlineData("""[{"variable":"a","operator":"{{op}}","value":1}]""", "condition[0].operator")]
    [InlineData("""{"not":{"and":[{"operator":"exists","variable":""}]}}""", "condition.not.and[0].variable")]
    public void Wrong_condition_is_found_where_it_is_wrong(string condition, string path) =>
        Assert.Contains(Check(condition).Errors, error => error.Path == path);

    private static ConfigSchemaReport Check(string condition) =>
        ConfigSchema.Compile(new IfActivity().Descriptor.ConfigSchema).Check(Json.Of($$"""{"condition":{{condition}}}"""));

    private static ActivityRun Run(string condition) => new($$"""{"condition":{{condition}}}""", """{"order":7}""") { Names = Names };
}
