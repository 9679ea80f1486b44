using SaaSFlows.Activities.Conditions;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Conditions;

public sealed class SwitchActivityTests
{
    private const string Cases = """{"paid":"ship","10":"ten","true":"yes","late":"ship"}""";

    [Theory]
    [InlineData("\"paid\"", "ship")]
    [InlineData("\"late\"", "ship")]
    [InlineData("10.0", "ten")]
    [InlineData("true", "yes")]
    [InlineData("\"Paid\"", "default")]
    [InlineData("null", "default")]
    [InlineData("[\"paid\"]", "default")]
    public async Task Value_chooses_the_port_of_its_case(string value, string port)
    {
        foreach (var variable in new[] { "status", "{{status}}" })
        {
            var run = new ActivityRun($$"""{"variable":"{{variable}}","cases":{{Cases}}}""", """{"order":7}""")
            {
                Names = Json.Of($$"""{"status":{{value}}}"""),
            };
            var result = await run.CompletedBy(new SwitchActivity());

            Assert.Equal(port, result.Port);
            Json.AssertSame("""{"order":7}""", result.Output);
        }
    }

    [Fact]
    public async Task Name_that_means_nothing_goes_by_default() =>
        Assert.Equal("default", (await new ActivityRun($$"""{"variable":"nobody.home","cases":{{Cases}}}""").CompletedBy(new SwitchActivity())).Port);

    [Fact]
    public void Ports_are_default_and_those_of_the_cases_once()
    {
        var descriptor = new SwitchActivity().Descriptor;

        Assert.Equal(["default", "ship", "ten", "yes", "error"], descriptor.OutputsOf(Json.Of($$"""{"cases":{{Cases}}}""")));
        Assert.Equal(["default", "error"], descriptor.OutputsOf(Json.Of("""{"cases":[1]}""")));
        Assert.Equal(["default", "error"], descriptor.OutputsOf(default));
    }

    [Fact]
    public void A_connection_may_leave_by_the_port_of_a_case_and_by_no_other()
    {
        Assert.DoesNotContain(Validate("ship").Errors, error => error.Contains("port", StringComparison.Ordinal));
        Assert.Contains("Connection 'c1': node 'choose' has no output port 'other'.", Validate("other").Errors);
    }

    [Theory]
    [InlineData("""{"paid":"{{port}}"}""")]
    [InlineData("""{"paid":""}""")]
    [InlineData("""{"paid":1}""")]
    [InlineData("\"{{cases}}\"")]
    public void Wrong_cases_are_found(string cases) =>
        Assert.NotEmpty(
            ConfigSchema.Compile(new SwitchActivity().Descriptor.ConfigSchema).Check(Json.Of($$"""{"variable":"a","cases":{{cases}}}""")).Errors
        );

    private static ValidationReport Validate(string port)
    {
        var catalogue = new ActivityCatalogue(BuiltIn.All);
        var definition = WorkflowDefinition
            .Read(
                Json.Of(
                    $$"""
                    {
                      "nodes": {
                        "choose": { "node_type": "condition_switch", "label": "a", "config": { "variable": "status", "cases": {{Cases}} } },
                        "end": { "node_type": "flow_end", "label": "b" }
                      },
                      "connections": [{ "connection_id": "c1", "from_node_id": "choose", "from_port_name": "{{port}}", "to_node_id": "end" }]
                    }
                    """
                ),
                catalogue
            )
            .Match(read => read, _ => throw new InvalidOperationException());
        return new GraphValidator(catalogue, Engine.EngineLimits.Default).Validate(definition);
    }
}
