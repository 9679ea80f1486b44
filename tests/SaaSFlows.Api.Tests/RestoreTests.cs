namespace SaaSFlows.Api.Tests;

public sealed class RestoreTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly object Nodes = new
    {
        hook = Graphs.Node("trigger_webhook"),
        command = Graphs.Node("trigger_command", new { command_pattern = "!back" }),
        end = Graphs.Node("flow_end"),
    };

    private static readonly object[] Lines = [Graphs.Line("hook", "end"), Graphs.Line("command", "end")];

    [Fact]
    public async Task A_restored_workflow_is_started_by_the_doors_that_it_had()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Nodes, Lines);
        var hook = await member.WebhookAsync(workflow);
        var webhooks = await member.GetAsync($"/api/v1/workflows/{workflow}/webhooks");
        Assert.Equal(200, (await member.PostRawAsync(hook, "{}")).Status);

        await member.DeleteAsync($"/api/v1/workflows/{workflow}");
        Assert.Equal("WEBHOOK_NOT_FOUND", (await member.PostRawAsync(hook, "{}")).Code);
        Assert.Empty((await SayAsync(member)).EnumerateArray());
        Assert.Equal("workflow.archived", (await member.PostAsync($"/api/v1/workflows/{workflow}/execute")).Reason);
        Assert.Equal(
            ["restore"],
            (await member.GetAsync($"/api/v1/workflows/{workflow}"))
                .Data.GetProperty("allowed_actions")
                .EnumerateArray()
                .Select(action => action.GetString())
        );
        var door = webhooks.Data[0].GetProperty("webhook_id").GetGuid();
        Assert.Equal("workflow.archived", (await member.PutAsync($"/api/v1/workflows/{workflow}/webhooks/{door}", new { enabled = false })).Reason);

        var restored = await member.PostAsync($"/api/v1/workflows/{workflow}/restore");
        Assert.Equal((200, "active"), (restored.Status, restored.Data.GetProperty("status").GetString()));
        Assert.Empty(restored.Data.GetProperty("webhooks").EnumerateArray());
        Assert.Equal(200, (await member.PostRawAsync(hook, "{}")).Status);
        Assert.Single((await SayAsync(member)).EnumerateArray());
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{workflow}/restore")).Status);
    }

    [Fact]
    public async Task Archiving_and_restoring_change_no_flag()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Nodes, Lines);
        await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        var before = await FlagsAsync(member, workflow);

        await member.DeleteAsync($"/api/v1/workflows/{workflow}");
        Assert.Equal(before with { Status = "archived" }, await FlagsAsync(member, workflow));
        await member.PostAsync($"/api/v1/workflows/{workflow}/restore");
        Assert.Equal(before, await FlagsAsync(member, workflow));
        Assert.Equal((true, false), (before.Paused, before.Changed));

        var draft = (await member.PostAsync("/api/v1/workflows", new { name = "Draft" })).Data.GetProperty("workflow_id").GetGuid();
        await member.DeleteAsync($"/api/v1/workflows/{draft}");
        Assert.Equal("draft", (await member.PostAsync($"/api/v1/workflows/{draft}/restore")).Data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Webhooks_that_an_earlier_release_removed_are_made_again_and_shown()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Nodes, Lines);
        await member.DeleteAsync($"/api/v1/workflows/{workflow}");
        await host.ScalarAsync<long>(
            "with gone as (delete from automation.webhooks where workflow_id = $1 returning 1) select count(*) from gone",
            workflow
        );

        var restored = await member.PostAsync($"/api/v1/workflows/{workflow}/restore");
        Assert.Equal("hook", Assert.Single(restored.Data.GetProperty("webhooks").EnumerateArray()).GetProperty("trigger_node").GetString());
        Assert.Equal(200, (await member.PostRawAsync(await member.WebhookAsync(workflow), "{}")).Status);
    }

    [Fact]
    public async Task Thirty_restores_at_once_restore_once()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(Nodes, Lines);
        await member.DeleteAsync($"/api/v1/workflows/{workflow}");

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => member.PostAsync($"/api/v1/workflows/{workflow}/restore")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single((await member.GetAsync("/api/v1/audit?action=workflow.restored")).Data.GetProperty("entries").EnumerateArray());
    }

    [Fact]
    public async Task What_somebody_may_do_is_said_with_the_workflow()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Nodes, Lines);
        var viewer = await host.InviteAsync(owner, "viewer");
        var operates = await host.InviteAsync(owner, "operator");

        Assert.Equal("update publish execute archive manage_webhooks", await ActionsAsync(owner, workflow));
        Assert.Equal("", await ActionsAsync(viewer, workflow));
        Assert.Equal("execute", await ActionsAsync(operates, workflow));
        Assert.Equal(
            "execute",
            string.Join(' ', (await operates.GetAsync("/api/v1/workflows")).Data[0].GetProperty("allowed_actions").EnumerateArray())
        );
    }

    private static async Task<string> ActionsAsync(Member member, Guid workflow) =>
        string.Join(' ', (await member.GetAsync($"/api/v1/workflows/{workflow}")).Data.GetProperty("allowed_actions").EnumerateArray());

    private static async Task<System.Text.Json.JsonElement> SayAsync(Member member) =>
        (await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message = "!back" })).Data.GetProperty("executions");

    private static async Task<Flags> FlagsAsync(Member member, Guid workflow)
    {
        var shown = (await member.GetAsync($"/api/v1/workflows/{workflow}")).Data;
        var webhook = (await member.GetAsync($"/api/v1/workflows/{workflow}/webhooks")).Data[0];
        return new(
            shown.GetProperty("status").GetString()!,
            shown.GetProperty("paused").GetBoolean(),
            shown.GetProperty("has_unpublished_changes").GetBoolean(),
            shown.GetProperty("published_version").GetInt32(),
            webhook.GetProperty("enabled").GetBoolean()
        );
    }

    private sealed record Flags(string Status, bool Paused, bool Changed, int Version, bool Enabled);
}
