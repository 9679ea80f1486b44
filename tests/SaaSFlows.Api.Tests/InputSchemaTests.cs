namespace SaaSFlows.Api.Tests;

/// <summary>What a manual trigger wants to be given is asked at every door that starts it.</summary>
public sealed class InputSchemaTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly object Schema = new
    {
        type = "object",
        required = new[] { "age" },
        properties = new { age = new { type = "integer", minimum = 18 } },
        additionalProperties = false,
    };

    [Fact]
    public async Task Every_door_refuses_what_the_schema_does_not_take()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Nodes(Schema), new[] { Graphs.Line("start", "end") }, "adults");

        foreach (
            var refused in new[]
            {
                await member.PostAsync($"/api/v1/workflows/{id}/execute", new { variables = new { age = 17 } }),
                await member.PostAsync($"/api/v1/workflows/{id}/test", new { variables = new { age = 17 } }),
                await member.PostAsync("/api/v1/workflows/trigger", new { workflow_name = "adults", data = new { age = 17 } }),
                await member.PostAsync($"/api/workflows/{id}/execute", new { data = new { age = 17 } }),
                await member.PostRawAsync("/api/webhooks/adults", """{"age":17}"""),
            }
        )
        {
            Assert.Equal((400, "BAD_REQUEST"), (refused.Status, refused.Code));
            Assert.Equal("must be at least 18, but is 17.", refused.Details.GetProperty("errors").GetProperty("age")[0].GetString());
        }

        Assert.Equal(400, (await member.GetAsync("/api/workflows/trigger/adults?age=20")).Status);
        Assert.Equal(400, (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Status);
        var ended = await member.EndedAsync(await member.StartAsync(id, new { age = 18 }));
        Assert.Equal("completed", ended.GetProperty("status").GetString());
        Assert.Equal(
            0,
            (await member.GetAsync($"/api/v1/workflows/{id}/executions"))
                .Data.EnumerateArray()
                .Count(one => one.GetProperty("status").GetString() == "failed")
        );
    }

    [Fact]
    public async Task A_workflow_that_calls_it_fails_with_the_rule()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Nodes(Schema), new[] { Graphs.Line("start", "end") }, "adults");
        var caller = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_workflow", new { workflow = "adults", input = new { age = "old" } }),
            },
            new[] { Graphs.Line("start", "call") }
        );

        var ended = await member.EndedAsync(await member.StartAsync(caller));
        Assert.Equal(("failed", "input.invalid"), (ended.GetProperty("status").GetString(), ended.GetProperty("error_code").GetString()));
        Assert.Contains("age: must be a whole number", ended.GetProperty("error_message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_can_t_be_enforced_is_told_when_it_is_validated_and_keeps_from_publishing()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Nodes(new { @if = new { } }), new[] { Graphs.Line("start", "end") });

        var validated = await member.PostAsync($"/api/v1/workflows/{id}/validate");
        Assert.Contains(
            "input_schema.if is a keyword that is not supported",
            validated.Data.GetProperty("node_validation_errors").GetRawText(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            (400, "workflow.invalid"),
            await member.PostAsync($"/api/v1/workflows/{id}/publish") is { } refused ? (refused.Status, refused.Reason) : default
        );
    }

    [Fact]
    public async Task A_node_without_a_label_is_called_by_its_id_when_it_is_made_and_when_it_is_published()
    {
        var member = await host.RegisterAsync();
        var nodes = new Dictionary<string, object>
        {
            ["start"] = new { node_type = "trigger_manual" },
            ["end"] = new { node_type = "flow_end", label = " " },
        };
        var id = await member.PublishAsync(nodes, new[] { Graphs.Line("start", "end") });

        var shown = (await member.GetAsync($"/api/v1/workflows/{id}")).Data.GetProperty("nodes");
        Assert.Equal(
            ("start", "end"),
            (shown.GetProperty("start").GetProperty("label").GetString(), shown.GetProperty("end").GetProperty("label").GetString())
        );
    }

    private static Dictionary<string, object> Nodes(object schema) =>
        new() { ["start"] = Graphs.Node("trigger_manual", new { input_schema = schema }), ["end"] = Graphs.Node("flow_end") };
}
