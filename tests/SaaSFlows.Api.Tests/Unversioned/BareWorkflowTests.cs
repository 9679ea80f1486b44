using System.Text.Json;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests.Unversioned;

/// <summary>The paths without a version: workflows and executions.</summary>
public sealed class BareWorkflowTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_workflow_lives_without_an_envelope()
    {
        var member = await host.RegisterAsync();
        var created = await member.PostAsync(
            "/api/workflows",
            new
            {
                name = "Newsletter Automation",
                description = "Daily",
                nodes = Scheduled,
                connections = Array.Empty<object>(),
            }
        );

        Assert.True(created.Status == 201, created.Text);
        var id = created.Json.GetProperty("id").GetGuid();
        Assert.Equal(id, created.Json.GetProperty("workflow_id").GetGuid());
        Assert.Equal(("newsletter-automation", "Newsletter Automation", false), Shown(created.Json));
        Assert.Equal(["manual", "schedule"], created.Json.GetProperty("triggers").EnumerateArray().Select(trigger => trigger.GetString()).Order());
        Assert.Equal("0 8 * * 1-5", created.Json.GetProperty("schedule").GetString());

        var updated = await member.PutAsync($"/api/workflows/{id}", new { name = "Weekly News" });
        Assert.Equal((200, ("newsletter-automation", "Weekly News", false)), (updated.Status, Shown(updated.Json)));
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);

        var shown = await member.GetAsync($"/api/workflows/{id}");
        Assert.Equal(
            (200, true, 2),
            (shown.Status, shown.Json.GetProperty("active").GetBoolean(), shown.Json.GetProperty("nodes").EnumerateObject().Count())
        );
        Assert.Equal(
            "Weekly News",
            Assert.Single((await member.GetAsync("/api/workflows")).Json.EnumerateArray()).GetProperty("display_name").GetString()
        );

        var deleted = await member.DeleteAsync($"/api/workflows/{id}");
        Assert.Equal((204, ""), (deleted.Status, deleted.Text));
        Assert.Empty((await member.GetAsync("/api/workflows")).Json.EnumerateArray());
        Assert.Equal("archived", (await member.GetAsync($"/api/workflows/{id}")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_read_is_sent_back_and_keeps_its_names()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Echo.Nodes, Echo.Connections, "My Flow");
        var read = (await member.GetAsync($"/api/workflows/{id}")).Json;
        var sent = new
        {
            name = read.GetProperty("name").GetString(),
            display_name = read.GetProperty("display_name").GetString(),
            nodes = read.GetProperty("nodes"),
        };

        var updated = await member.PutAsync($"/api/workflows/{id}", sent);

        Assert.Equal((200, ("my-flow", "My Flow", false)), (updated.Status, Shown(updated.Json)));
    }

    [Fact]
    public async Task Lists_are_arrays_and_say_their_pages_in_headers()
    {
        var member = await host.RegisterAsync();
        for (var number = 1; number <= 3; number++)
        {
            await member.CreateAsync(Echo.Nodes, Echo.Connections, $"Flow {number}");
        }

        var page = await member.GetAsync("/api/workflows?per_page=2&search=Flow");
        var all = await member.GetAsync("/api/workflows");
        var one = await member.GetAsync("/api/workflows?limit=1&page=3");

        Assert.Equal((2, 3, 1), (page.Json.GetArrayLength(), all.Json.GetArrayLength(), one.Json.GetArrayLength()));
        Assert.Equal(("3", "3"), (Header(page, "X-Total-Count"), Header(all, "X-Total-Count")));
        var next = Header(page, "Link").Split(", ").Single(link => link.EndsWith("rel=\"next\"", StringComparison.Ordinal)).Split('<', '>')[1];
        Assert.Equal("Flow 1", Assert.Single((await member.GetAsync(next)).Json.EnumerateArray()).GetProperty("display_name").GetString());
        Assert.DoesNotContain("rel=\"next\"", Header(all, "Link"), StringComparison.Ordinal);
        Assert.Contains("limit=1&page=2>; rel=\"prev\"", Header(one, "Link"), StringComparison.Ordinal);
        Assert.Equal(400, (await member.GetAsync("/api/workflows?limit=101")).Status);
    }

    [Fact]
    public async Task An_execution_is_started_listed_and_shown_without_an_envelope()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Echo.Nodes, Echo.Connections, "My Flow");

        var started = await member.PostAsync($"/api/workflows/{id}/execute", new { data = new { number = 7 } });
        Assert.True(started.Status == 202, started.Text);
        var execution = started.Json.GetProperty("id").GetGuid();
        await member.EndedAsync(execution);
        var same = await member.PostAsync($"/api/workflows/{id}/execute", new { variables = new { number = 8 } });
        await member.EndedAsync(same.Json.GetProperty("execution_id").GetGuid());

        var shown = (await member.GetAsync($"/api/executions/{execution}")).Json;
        Assert.Equal(
            (execution, "my-flow", "My Flow"),
            (shown.GetProperty("id").GetGuid(), Text(shown, "workflow_name"), Text(shown, "workflow_display_name"))
        );
        Assert.Equal(7, shown.GetProperty("final_output").GetProperty("number").GetInt32());
        foreach (var path in new[] { "/api/executions", $"/api/executions?workflow_id={id}&status=completed", $"/api/workflows/{id}/executions" })
        {
            var list = await member.GetAsync(path);
            Assert.Equal("2", Header(list, "X-Total-Count"));
            Assert.Equal(execution, list.Json[1].GetProperty("id").GetGuid());
        }

        Assert.Empty((await member.GetAsync("/api/executions?status=failed")).Json.EnumerateArray());
        Assert.Equal(400, (await member.PostAsync($"/api/workflows/{id}/execute", new { data = new { }, variables = new { } })).Status);
        Assert.Equal(400, (await member.GetAsync("/api/executions?status=lost")).Status);
    }

    [Fact]
    public async Task Nobody_sees_or_starts_what_is_another_tenants()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var id = await owner.PublishAsync(Echo.Nodes, Echo.Connections, "mine");
        var execution = await owner.StartAsync(id);

        Assert.Equal(404, (await stranger.GetAsync($"/api/workflows/{id}")).Status);
        Assert.Equal(404, (await stranger.GetAsync($"/api/workflows/{id}/executions")).Status);
        Assert.Equal(404, (await stranger.GetAsync($"/api/executions/{execution}")).Status);
        Assert.Equal(404, (await stranger.PostAsync($"/api/workflows/{id}/execute")).Status);
        Assert.Empty((await stranger.GetAsync("/api/executions")).Json.EnumerateArray());
        foreach (var path in new[] { "trigger/mine", "logs/mine", "stats/mine" })
        {
            Assert.Equal(404, (await stranger.GetAsync($"/api/workflows/{path}")).Status);
        }
    }

    private static object Scheduled =>
        new { start = Node("trigger_manual"), daily = Node("trigger_schedule", new { cron_expression = "0 8 * * 1-5" }) };

    private static (string?, string?, bool) Shown(JsonElement workflow) =>
        (Text(workflow, "name"), Text(workflow, "display_name"), workflow.GetProperty("active").GetBoolean());

    private static string? Text(JsonElement body, string name) => body.GetProperty(name).GetString();

    private static string Header(Answer answer, string name) => answer.Response.Headers.GetValues(name).Single();
}
