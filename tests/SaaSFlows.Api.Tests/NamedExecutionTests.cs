using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>Workflows that are started and followed by their name.</summary>
public sealed class NamedExecutionTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_workflow_is_triggered_by_its_name_and_followed_by_its_id_or_the_executions()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "customer_support");

        var triggered = await member.PostRawAsync(
            "/api/v1/workflows/trigger",
            """
            {"workflow_name": "customer_support", "data": {"ticket_id": "12345", "customer_message": "I need help with my order"}}
            """
        );

        Assert.True(triggered.Status == 202, triggered.Text);
        Assert.Equal(workflow, triggered.Data.GetProperty("workflow_id").GetGuid());
        var execution = triggered.Data.GetProperty("execution_id").GetGuid();
        await member.EndedAsync(execution);
        foreach (var id in new[] { workflow, execution })
        {
            var status = (await member.GetAsync($"/api/v1/workflows/{id}/status")).Data;
            Assert.Equal(
                (execution, "completed", true),
                (status.GetProperty("execution_id").GetGuid(), status.GetProperty("status").GetString(), status.GetProperty("success").GetBoolean())
            );
            var results = (await member.GetAsync($"/api/v1/workflows/{id}/results")).Data;
            Assert.Equal("12345", results.GetProperty("output").GetProperty("ticket_id").GetString());
            Assert.Equal("12345", results.GetProperty("outputs").GetProperty("start").GetProperty("ticket_id").GetString());
            Assert.Equal("12345", results.GetProperty("variables").GetProperty("ticket_id").GetString());
        }
    }

    [Fact]
    public async Task A_workflows_id_means_its_newest_execution()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        Assert.Equal(
            (404, "execution.not_found"),
            await member.GetAsync($"/api/v1/workflows/{workflow}/status") is { } none ? (none.Status, none.Reason) : default
        );

        await member.EndedAsync(await member.StartAsync(workflow, new { number = 1 }));
        await member.EndedAsync(await member.StartAsync(workflow, new { number = 2 }));

        Assert.Equal(2, (await member.GetAsync($"/api/v1/workflows/{workflow}/results")).Data.GetProperty("output").GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task What_waits_is_cancelled_by_its_workflows_id_and_its_log_is_shown()
    {
        using var receiver = new Receiver();
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                call = Graphs.Node("action_http", new { url = receiver.Url }),
                wait = Graphs.Node("action_delay", new { delay_seconds = 3600 }),
            },
            new[] { Graphs.Line("start", "call"), Graphs.Line("call", "wait", "success") }
        );
        var execution = await member.StartAsync(workflow);
        await member.ParkedAsync(execution);

        var logs = await member.GetAsync($"/api/v1/workflows/{workflow}/logs?limit=10");
        Assert.Equal(
            ["start", "call", "wait"],
            logs.Data.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("node_id").GetString())
        );
        Assert.Equal(JsonValueKind.Null, (await member.GetAsync($"/api/v1/workflows/{workflow}/results")).Data.GetProperty("output").ValueKind);
        Assert.Equal(400, (await member.GetAsync($"/api/v1/workflows/{workflow}/logs?limit=0")).Status);
        var cancelled = await member.PostAsync($"/api/v1/workflows/{workflow}/cancel");
        Assert.Equal(
            (200, "cancelled", execution),
            (cancelled.Status, cancelled.Data.GetProperty("status").GetString(), cancelled.Data.GetProperty("execution_id").GetGuid())
        );
        Assert.Equal(409, (await member.PostAsync($"/api/v1/workflows/{execution}/cancel")).Status);
    }

    [Fact]
    public async Task A_second_trigger_with_the_same_key_is_the_first_ones_execution()
    {
        var member = await host.RegisterAsync();
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Once only");
        member.Http.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");

        var first = await member.PostAsync("/api/v1/workflows/trigger", new { workflow_name = "Once only" });
        var second = await member.PostAsync("/api/v1/workflows/trigger", new { workflow_name = "once-only" });

        Assert.Equal((202, 202), (first.Status, second.Status));
        Assert.Equal(first.Data.GetProperty("execution_id").GetGuid(), second.Data.GetProperty("execution_id").GetGuid());
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"workflow_name": 7}""", 400)]
    [InlineData("""{"workflow_name": "a\u0000b"}""", 400)]
    [InlineData("""{"workflow_name": "\ud800"}""", 400)]
    [InlineData("""{"workflow_name": "flow", "data": []}""", 400)]
    [InlineData("""{"workflow_name": "nobody knows it"}""", 404)]
    public async Task What_names_no_workflow_starts_none(string body, int status)
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        await stranger.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "nobody knows it");

        Assert.Equal(status, (await member.PostRawAsync("/api/v1/workflows/trigger", body)).Status);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("results")]
    [InlineData("logs")]
    public async Task Another_tenants_executions_are_not_found(string what)
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var workflow = await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = await owner.StartAsync(workflow);

        Assert.Equal(404, (await stranger.GetAsync($"/api/v1/workflows/{workflow}/{what}")).Status);
        Assert.Equal(404, (await stranger.GetAsync($"/api/v1/workflows/{execution}/{what}")).Status);
        Assert.Equal(404, (await owner.GetAsync($"/api/v1/workflows/none/{what}")).Status);
        Assert.Equal(404, (await stranger.PostAsync($"/api/v1/workflows/{execution}/cancel")).Status);
    }

    [Fact]
    public async Task Each_template_is_created_by_one_call_runs_dry_and_is_published()
    {
        var member = await host.RegisterAsync();
        var templates = await member.GetAsync("/api/v1/workflows/templates");

        Assert.True(templates.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt32() >= 5);
        foreach (var template in templates.Data.EnumerateArray())
        {
            var created = await member.PostRawAsync("/api/v1/workflows", template.GetProperty("workflow").GetRawText());
            Assert.True(created.Status == 201, created.Text);
            var id = created.Data.GetProperty("workflow_id").GetGuid();
            var tested = await member.PostAsync($"/api/v1/workflows/{id}/test");
            Assert.True(tested.Status == 200 && tested.Data.GetProperty("summary").GetProperty("passed").GetBoolean(), tested.Text);
            var report = (await member.PostAsync($"/api/v1/workflows/{id}/validate")).Data;
            Assert.Equal((0, 0), (report.GetProperty("error_count").GetInt32(), report.GetProperty("warning_count").GetInt32()));
            var published = await member.PostAsync($"/api/v1/workflows/{id}/publish");
            Assert.True(published.Status == 200, published.Text);
        }

        Assert.Equal(1, (await member.GetAsync("/api/v1/workflows/templates?page=2&per_page=1")).Data.GetArrayLength());
    }
}
