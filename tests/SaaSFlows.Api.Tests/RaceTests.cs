using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>Two people do what excludes each other at the same moment: one of them is told so, and nothing breaks.</summary>
public sealed class RaceTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_workflow_is_made_or_its_entity_is_deleted_but_not_both()
    {
        var owner = await host.RegisterAsync();
        for (var round = 0; round < 8; round++)
        {
            var entity = (await owner.PostAsync($"/api/v1/communities/{owner.Community}/entities", new { name = "Short" }))
                .Data.GetProperty("entity_id")
                .GetInt64();
            var made = owner.PostAsync("/api/v1/workflows", new { name = "Late", entity_id = entity });
            var deleted = owner.DeleteAsync($"/api/v1/entities/{entity}");

            Assert.Contains(((await made).Status, (await deleted).Status), new[] { (201, 409), (404, 200) });
        }
    }

    [Fact]
    public async Task What_is_started_while_its_workflow_is_archived_is_kept_or_refused()
    {
        var owner = await host.RegisterAsync();
        for (var round = 0; round < 4; round++)
        {
            var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
            var path = $"/api/v1/workflows/{workflow}";
            var starts = Enumerable.Range(0, 8).Select(_ => owner.PostAsync($"{path}/execute")).ToList();
            var archived = await owner.DeleteAsync(path);
            Assert.Equal(200, archived.Status);
            Assert.Equal(409, (await owner.PostAsync($"{path}/execute")).Status);

            foreach (var answer in await Task.WhenAll(starts))
            {
                Assert.Contains(answer.Status, new[] { 202, 409 });
                if (answer.Status == 202)
                {
                    await owner.EndedAsync(answer.Data.GetProperty("execution_id").GetGuid());
                }
            }
        }
    }

    [Fact]
    public async Task Two_communities_make_workflows_of_one_name()
    {
        var owner = await host.RegisterAsync();
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        var room = (await owner.PostAsync($"/api/v1/communities/{community}/entities", new { name = "Room" }))
            .Data.GetProperty("entity_id")
            .GetInt64();
        var editors = new[]
        {
            await host.InviteAsync(owner, "editor"),
            await host.InviteAsync(owner with { Community = community }, "editor") with
            {
                Entity = room,
            },
        };

        // Neither sees the other's: the key is the tenant's all the same.
        var answers = await Task.WhenAll(
            editors.Concat(editors).Select(editor => editor.PostAsync("/api/v1/workflows", new { name = "Report", entity_id = editor.Entity }))
        );

        Assert.All(answers, answer => Assert.Equal(201, answer.Status));
        Assert.Equal(
            4,
            (await owner.GetAsync("/api/v1/workflows"))
                .Data.EnumerateArray()
                .Select(workflow => workflow.GetProperty("key").GetString())
                .Distinct()
                .Count()
        );
    }
}
