namespace SaaSFlows.Api.Tests;

public sealed class PauseTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Paused_workflow_is_started_by_no_door_and_what_runs_goes_on()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                hook = Graphs.Node("trigger_webhook"),
                command = Graphs.Node("trigger_command", new { command_pattern = "!go" }),
                wait = Graphs.Node("action_delay", new { delay_ms = 1_200 }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("hook", "end"), Graphs.Line("command", "end"), Graphs.Line("wait", "end") }
        );
        var hook = await member.WebhookAsync(workflow);
        var running = await RetryTests.StartAsync(member, workflow);
        Assert.Equal(200, (await member.PostRawAsync(hook, "{}")).Status);

        var paused = await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        Assert.Equal((200, true), (paused.Status, paused.Data.GetProperty("paused").GetBoolean()));
        Assert.Equal((409, "workflow.paused"), Reason(await member.PostAsync($"/api/v1/workflows/{workflow}/execute")));
        Assert.Equal((409, "workflow.paused"), Reason(await member.PostRawAsync(hook, "{}")));
        var posted = await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message = "!go" });
        Assert.Empty(posted.Data.GetProperty("executions").EnumerateArray());
        Assert.Contains("workflow.paused", posted.Text, StringComparison.Ordinal);
        Assert.Equal("completed", (await member.EndedAsync(running)).GetProperty("status").GetString());

        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{workflow}/resume")).Status);
        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/{workflow}/execute", new { trigger_node = "hook" })).Status);
    }

    [Fact]
    public async Task Pause_is_shown_filtered_and_no_change_of_the_draft()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Other");
        var before = (await member.GetAsync($"/api/v1/workflows/{workflow}")).Data;
        await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        var after = (await member.GetAsync($"/api/v1/workflows/{workflow}")).Data;

        Assert.Equal((false, true), (before.GetProperty("paused").GetBoolean(), after.GetProperty("paused").GetBoolean()));
        Assert.Equal(before.GetProperty("revision").GetInt32(), after.GetProperty("revision").GetInt32());
        Assert.False(after.GetProperty("has_unpublished_changes").GetBoolean());
        Assert.Equal(
            workflow,
            Assert.Single((await member.GetAsync("/api/v1/workflows?paused=true")).Data.EnumerateArray()).GetProperty("workflow_id").GetGuid()
        );
        Assert.Single((await member.GetAsync("/api/v1/workflows?paused=false")).Data.EnumerateArray());
        Assert.Equal(400, (await member.GetAsync("/api/v1/workflows?paused=maybe")).Status);
    }

    [Fact]
    public async Task Strangers_cannot_pause_and_archived_workflows_cannot_be_paused()
    {
        var member = await host.RegisterAsync();
        var stranger = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);

        Assert.Equal(404, (await stranger.PostAsync($"/api/v1/workflows/{workflow}/pause")).Status);
        Assert.Equal(202, (await member.PostAsync($"/api/v1/workflows/{workflow}/execute")).Status);
        await member.DeleteAsync($"/api/v1/workflows/{workflow}");
        Assert.Equal((409, "workflow.archived"), Reason(await member.PostAsync($"/api/v1/workflows/{workflow}/pause")));
    }

    private static (int, string) Reason(Answer answer) => (answer.Status, answer.Reason);
}
