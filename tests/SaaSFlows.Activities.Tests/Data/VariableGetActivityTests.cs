using SaaSFlows.Activities.Data;

namespace SaaSFlows.Activities.Tests.Data;

public sealed class VariableGetActivityTests
{
    [Theory]
    [InlineData("""{"variable_name":"total"}""", "5")]
    [InlineData("""{"variable_name":"order.id"}""", "7")]
    [InlineData("""{"variable_name":"nothing"}""", null)]
    [InlineData("""{"variable_name":"nothing","default_value":"{{total * 2}}"}""", "10")]
    [InlineData("""{"variable_name":"total","default_value":1}""", "5")]
    [InlineData("""{"variable_name":"shared","scope":"global"}""", "9")]
    [InlineData("""{"variable_name":"total","scope":"global","default_value":"none"}""", "\"none\"")]
    public async Task Value_is_put_out_and_kept_if_wanted(string config, string? value)
    {
        var run = new ActivityRun(config[..^1] + ""","output_variable":"found"}""")
        {
            Names = Json.Of("""{"total":5,"variables":{"total":5,"order":{"id":7}}}"""),
        };
        var result = await run.CompletedBy(new VariableGetActivity(new Globals { Values = { ["shared"] = Json.Of("9") } }));

        Assert.Equal("output", result.Port);
        Assert.Equal(value, result.Output.ValueKind == System.Text.Json.JsonValueKind.Undefined ? null : result.Output.GetRawText());
        Assert.True(run.Variables.ContainsKey("found"));
    }
}
