using SaaSFlows.Activities.Data;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Data;

public sealed class TransformActivityTests
{
    [Fact]
    public async Task What_was_computed_becomes_variables_and_output()
    {
        var run = new ActivityRun("""{"transformations":{"total":"{{price * 2}}","name":"{{'Ada'}}"}}""") { Names = Json.Of("""{"price":4}""") };
        var result = await run.CompletedBy(new TransformActivity());

        Json.AssertSame("""{"total":8,"name":"Ada"}""", result.Output);
        Json.AssertSame("8", run.Variables["total"]);
    }

    [Theory]
    [InlineData("\"price * 2\"", true)]
    [InlineData("\"{a: {b: 1}}\"", true)]
    [InlineData("\"{{price}} Euro\"", true)]
    [InlineData("5", true)]
    [InlineData("\"price *\"", false)]
    [InlineData("\"two words\"", false)]
    public void Text_without_braces_is_an_expression(string expression, bool isValid)
    {
        var catalogue = new ActivityCatalogue(BuiltIn.All);
        var definition = WorkflowDefinition
            .Read(
                Json.Of(
                    $$"""
                    { "nodes": { "a": { "node_type": "data_transform", "label": "a",
                    "config": { "transformations": { "x": {{expression}} } } } } }
                    """
                ),
                catalogue
            )
            .Match(read => read, _ => throw new InvalidOperationException());

        Assert.Equal(isValid, new GraphValidator(catalogue, Engine.EngineLimits.Default).Validate(definition).NodeErrors.Count == 0);
    }
}
