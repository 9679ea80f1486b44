namespace SaaSFlows.Api.Tests;

public sealed class WorkflowTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_workflow_lives_from_draft_to_archive()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Ablauf für Müller");

        var draft = await member.GetAsync($"/api/v1/workflows/{id}");
        Assert.Equal("draft", draft.Data.GetProperty("status").GetString());
        Assert.Equal("ablauf-für-müller", draft.Data.GetProperty("key").GetString());

        var saved = await member.PutAsync(
            $"/api/v1/workflows/{id}",
            new { name = "Renamed", revision = draft.Data.GetProperty("revision").GetInt32() }
        );
        Assert.Equal(200, saved.Status);

        var published = await member.PostAsync($"/api/v1/workflows/{id}/publish", new { community_id = member.Community });
        Assert.Equal((200, "active"), (published.Status, published.Data.GetProperty("status").GetString()));

        var archived = await member.DeleteAsync($"/api/v1/workflows/{id}");
        Assert.Equal((200, "archived"), (archived.Status, archived.Data.GetProperty("status").GetString()));
        Assert.Equal("workflow.archived", (await member.PutAsync($"/api/v1/workflows/{id}", new { name = "x" })).Reason);
        Assert.Equal("workflow.archived", (await member.PostAsync($"/api/v1/workflows/{id}/execute")).Reason);
    }

    [Fact]
    public async Task What_is_not_named_in_an_update_stays()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        await member.PutAsync($"/api/v1/workflows/{id}", new { description = "New" });
        var workflow = await member.GetAsync($"/api/v1/workflows/{id}");

        Assert.Equal("Flow", workflow.Data.GetProperty("name").GetString());
        Assert.Equal("New", workflow.Data.GetProperty("description").GetString());
        Assert.Equal(2, workflow.Data.GetProperty("nodes").EnumerateObject().Count());
    }

    [Fact]
    public async Task A_stale_save_is_refused_and_one_of_two_at_once_wins()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var saves = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(number => member.PutAsync($"/api/v1/workflows/{id}", new { name = $"Name {number}", revision = 1 }))
        );

        Assert.Single(saves, save => save.Status == 200);
        Assert.All(
            saves.Where(save => save.Status != 200),
            save => Assert.Equal((409, "CONFLICT", "workflow.stale"), (save.Status, save.Code, save.Reason))
        );
    }

    [Fact]
    public async Task Lists_filter_search_and_page()
    {
        var member = await host.RegisterAsync();
        foreach (var name in new[] { "100% sure", "100 percent", "Other" })
        {
            await member.CreateAsync(new { }, Array.Empty<object>(), name);
        }

        var found = await member.GetAsync($"/api/v1/workflows?entity_id={member.Entity}&search=100%25&per_page=1");
        Assert.Equal("100% sure", found.Data[0].GetProperty("name").GetString());
        Assert.Equal(1, found.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt64());

        var page = await member.GetAsync($"/api/v1/workflows?entity_id={member.Entity}&per_page=2&page=2");
        var pagination = page.Json.GetProperty("meta").GetProperty("pagination");
        Assert.Equal("""{"page":2,"per_page":2,"total":3,"total_pages":2,"has_next":false,"has_prev":true}""", pagination.GetRawText());

        Assert.Empty((await member.GetAsync("/api/v1/workflows?status=active")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("per_page=101", "per_page")]
    [InlineData("status=odd", "status")]
    [InlineData("search=a%00b", "search")]
    [InlineData("entity_id=x", "entity_id")]
    public async Task A_wrong_query_names_its_parameter(string query, string field)
    {
        var member = await host.RegisterAsync();
        var answer = await member.GetAsync($"/api/v1/workflows?{query}");

        Assert.Equal((400, "BAD_REQUEST"), (answer.Status, answer.Code));
        Assert.True(answer.Details.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    [Fact]
    public async Task An_invalid_draft_is_stored_and_refused_at_publish()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(new { node1 = Graphs.Node("no_such_type") }, Array.Empty<object>());

        var report = await member.PostAsync($"/api/v1/workflows/{id}/validate");
        Assert.False(report.Data.GetProperty("is_valid").GetBoolean());
        Assert.Contains(
            "no_such_type",
            report.Data.GetProperty("node_validation_errors").GetProperty("node1")[0].GetString(),
            StringComparison.Ordinal
        );

        var refused = await member.PostAsync($"/api/v1/workflows/{id}/publish");
        Assert.Equal((400, "BAD_REQUEST", "workflow.invalid"), (refused.Status, refused.Code, refused.Reason));
        Assert.True(refused.Details.GetProperty("node_validation_errors").TryGetProperty("node1", out _));
        Assert.Equal("draft", (await member.GetAsync($"/api/v1/workflows/{id}")).Data.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Publishing_makes_a_webhook_and_keeps_its_token_over_versions()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var first = await member.WebhookAsync(id);
        await member.PutAsync($"/api/v1/workflows/{id}", new { description = "two" });
        var second = await member.PostAsync($"/api/v1/workflows/{id}/publish");

        Assert.Equal(2, second.Data.GetProperty("published_version").GetInt32());
        Assert.Equal(first, await member.WebhookAsync(id));
    }
}
