using SaaSFlows.TestKit;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>Who is granted what on one workflow; RestrictedMatrixTests walks the routes.</summary>
public sealed class WorkflowPermissionTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_workflow_without_grants_is_everybodys_and_a_restricted_one_is_not_there_for_others()
    {
        var owner = await host.RegisterAsync();
        var (granted, other) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "editor"));
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections, "Open");
        await owner.PublishAsync(Echo.Nodes, Echo.Connections, "Other");
        await owner.StartAsync(workflow);
        var path = $"/api/v1/workflows/{workflow}";
        Assert.False((await owner.GetAsync($"{path}/permissions")).Data.GetProperty("is_restricted").GetBoolean());
        Assert.Equal(
            (2, 2, 1),
            (
                await TotalAsync(other, "/api/v1/workflows"),
                await TotalAsync(granted, "/api/v1/workflows"),
                await TotalAsync(other, "/api/v1/executions")
            )
        );

        var set = await GrantAsync(owner, workflow, new { user_id = granted.Id, can_edit = true });

        var grant = set.Data.GetProperty("grants")[0];
        Assert.True(set.Data.GetProperty("is_restricted").GetBoolean());
        Assert.Equal(
            (true, true, false),
            (grant.GetProperty("can_view").GetBoolean(), grant.GetProperty("can_edit").GetBoolean(), grant.GetProperty("can_execute").GetBoolean())
        );
        Assert.Equal(
            (1, 2, 0, 1),
            (
                await TotalAsync(other, "/api/v1/workflows"),
                await TotalAsync(granted, "/api/v1/workflows"),
                await TotalAsync(other, "/api/v1/executions"),
                await TotalAsync(granted, "/api/v1/executions")
            )
        );
        Assert.Equal(404, (await other.GetAsync(path)).Status);
        var refused = await granted.PostAsync($"{path}/execute");
        Assert.Equal(
            (403, "workflow.not_granted", "can_execute"),
            (refused.Status, refused.Reason, refused.Details.GetProperty("permission").GetString())
        );
        Assert.Equal(202, (await owner.PostAsync($"{path}/execute")).Status);

        Assert.Equal(200, (await owner.PutAsync($"{path}/permissions", new { grants = Array.Empty<object>() })).Status);
        Assert.Equal(200, (await other.GetAsync(path)).Status);
    }

    [Fact]
    public async Task What_is_taken_away_here_counts_at_once_and_what_another_process_takes_away_within_seconds()
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "operator");
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        await member.StartAsync(workflow);

        async Task<int> ExecuteAsync() => (await member.PostAsync($"/api/v1/workflows/{workflow}/execute")).Status;

        await GrantAsync(owner, workflow, new { user_id = member.Id, can_view = true });
        Assert.Equal(403, await ExecuteAsync());
        await GrantAsync(owner, workflow, new { user_id = member.Id, can_execute = true });
        Assert.Equal(202, await ExecuteAsync());
        await host.CountAsync(
            "with gone as (delete from accounts.workflow_grants where workflow_id = $1 returning 1) select count(*) from gone",
            workflow
        );
        await Eventually.True(async () => await ExecuteAsync() == 404, Soon, Ct);
        await host.CountAsync(
            "with open as (update automation.workflows set is_restricted = false where id = $1 returning 1) select count(*) from open",
            workflow
        );
        await Eventually.True(async () => await ExecuteAsync() == 202, Soon, Ct);
        await host.CountAsync(
            "with shut as (update automation.workflows set is_restricted = true where id = $1 returning 1) select count(*) from shut",
            workflow
        );
        await Eventually.True(async () => await ExecuteAsync() == 404, Soon, Ct);
    }

    [Fact]
    public async Task A_stream_ends_when_its_reader_may_not_see_the_execution_any_more()
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "viewer");
        var workflow = await owner.PublishAsync(Wait.Nodes, Wait.Connections);
        var execution = await owner.StartAsync(workflow);
        using var stream = await member.Http.GetAsync(
            $"/api/v1/workflows/executions/{execution}/stream",
            HttpCompletionOption.ResponseHeadersRead,
            Ct
        );
        Assert.Equal(200, (int)stream.StatusCode);

        await GrantAsync(owner, workflow, new { role = "editor", can_view = true });

        await stream.Content.ReadAsStringAsync(Ct).WaitAsync(TimeSpan.FromSeconds(20), Ct);
    }

    [Fact]
    public async Task Roles_entities_and_own_roles_are_granted_and_go_with_their_grants()
    {
        var owner = await host.RegisterAsync();
        var (editor, viewer) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "viewer"));
        var custom = await host.InviteAsync(owner, "viewer");
        var role = (await owner.PostAsync("/api/v1/roles", new { name = "Readers", permissions = new[] { "read:workflows" } }))
            .Data.GetProperty("role")
            .GetString()!;
        await owner.PatchAsync($"/api/v1/members/{custom.Id}", new { role });
        var entity = (await owner.PostAsync($"/api/v1/communities/{owner.Community}/entities", new { name = "Room" }))
            .Data.GetProperty("entity_id")
            .GetInt64();
        var workflow = await owner.CreateAsync(Echo.Nodes, Echo.Connections);

        await GrantAsync(owner, workflow, new { role = "operator", can_view = true });
        Assert.Equal((200, 404, 404), await LookAsync(workflow, editor, viewer, custom));
        await GrantAsync(owner, workflow, new { role, can_view = true });
        Assert.Equal((404, 404, 200), await LookAsync(workflow, editor, viewer, custom));
        var named = await GrantAsync(owner, workflow, new { entity_id = entity, can_view = true });
        Assert.Equal("Room", named.Data.GetProperty("grants")[0].GetProperty("name").GetString());
        Assert.Equal((200, 200, 200), await LookAsync(workflow, editor, viewer, custom));

        // The grants go, the wall stays.
        await owner.DeleteAsync($"/api/v1/entities/{entity}");
        Assert.Equal((404, 404, 404), await LookAsync(workflow, editor, viewer, custom));
        await GrantAsync(owner, workflow, new { role, can_view = true }, new { user_id = viewer.Id, can_view = true });
        await owner.PatchAsync($"/api/v1/members/{custom.Id}", new { role = "viewer" });
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/roles/{role}")).Status);
        await owner.DeleteAsync($"/api/v1/members/{viewer.Id}");
        var left = (await owner.GetAsync($"/api/v1/workflows/{workflow}/permissions")).Data;
        Assert.Equal((true, 0), (left.GetProperty("is_restricted").GetBoolean(), left.GetProperty("grants").GetArrayLength()));
        Assert.Equal(404, (await editor.GetAsync($"/api/v1/workflows/{workflow}")).Status);
    }

    [Fact]
    public async Task Grants_never_widen_a_role()
    {
        var owner = await host.RegisterAsync();
        var viewer = await host.InviteAsync(owner, "viewer");
        var path = $"/api/v1/workflows/{await owner.PublishAsync(Echo.Nodes, Echo.Connections)}";
        await owner.PutAsync($"{path}/permissions", new { grants = new[] { All(viewer.Id) } });

        Assert.Equal(200, (await viewer.GetAsync(path)).Status);
        foreach (
            var answer in new[]
            {
                await viewer.PutAsync(path, new { name = "Mine" }),
                await viewer.PostAsync($"{path}/execute"),
                await viewer.DeleteAsync(path),
                await viewer.GetAsync($"{path}/permissions"),
                await viewer.PutAsync($"{path}/permissions", new { grants = Array.Empty<object>() }),
            }
        )
        {
            Assert.Equal(403, answer.Status);
        }
    }

    [Fact]
    public async Task Nobody_is_locked_out_and_only_managers_change_grants()
    {
        var owner = await host.RegisterAsync();
        var (admin, author) = (await host.InviteAsync(owner, "admin"), await host.InviteAsync(owner, "editor"));
        var (manager, editor) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "editor"));
        var path = $"/api/v1/workflows/{await author.PublishAsync(Echo.Nodes, Echo.Connections)}";
        // An open workflow is restricted by its author and the tenant's admins, not by any editor.
        Assert.Equal(403, (await editor.PutAsync($"{path}/permissions", new { grants = new[] { All(editor.Id) } })).Status);
        Assert.Equal(
            200,
            (
                await author.PutAsync(
                    $"{path}/permissions",
                    new { grants = new object[] { All(manager.Id), new { user_id = editor.Id, can_edit = true } } }
                )
            ).Status
        );
        Assert.Equal(403, (await editor.PutAsync($"{path}/permissions", new { grants = Array.Empty<object>() })).Status);

        // A manager who takes everything from everybody.
        Assert.Equal(200, (await manager.PutAsync($"{path}/permissions", new { is_restricted = true, grants = Array.Empty<object>() })).Status);

        Assert.Equal((404, 404), ((await manager.GetAsync(path)).Status, (await editor.GetAsync(path)).Status));
        foreach (var keeper in new[] { owner, admin, author })
        {
            Assert.Equal(
                (200, 202),
                ((await keeper.PutAsync(path, new { description = "Still here" })).Status, (await keeper.PostAsync($"{path}/execute")).Status)
            );
            Assert.Equal(200, (await keeper.GetAsync($"{path}/permissions")).Status);
        }
    }

    [Fact]
    public async Task Grantees_of_other_tenants_and_communities_do_not_exist()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var editor = await host.InviteAsync(owner, "editor");
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        var elsewhere = await host.InviteAsync(owner with { Community = community }, "editor");
        var room = (await owner.PostAsync($"/api/v1/communities/{community}/entities", new { name = "Room" }))
            .Data.GetProperty("entity_id")
            .GetInt64();
        var role = (await stranger.PostAsync("/api/v1/roles", new { name = "Theirs" })).Data.GetProperty("role").GetString()!;
        var path = $"/api/v1/workflows/{await editor.CreateAsync(Echo.Nodes, Echo.Connections)}/permissions";

        foreach (
            var grant in new object[]
            {
                new { user_id = stranger.Id, can_view = true },
                new { user_id = Guid.NewGuid(), can_view = true },
                new { entity_id = stranger.Entity, can_view = true },
                new { role, can_view = true },
            }
        )
        {
            Assert.Equal(404, (await owner.PutAsync(path, new { grants = new[] { grant } })).Status);
        }

        Assert.Equal(404, (await editor.PutAsync(path, new { grants = new[] { new { user_id = elsewhere.Id, can_view = true } } })).Status);
        Assert.Equal(404, (await editor.PutAsync(path, new { grants = new[] { new { entity_id = room, can_view = true } } })).Status);
        Assert.Equal(404, (await stranger.GetAsync(path)).Status);
        Assert.Equal(404, (await stranger.PutAsync(path, new { grants = Array.Empty<object>() })).Status);
        Assert.False((await owner.GetAsync(path)).Data.GetProperty("is_restricted").GetBoolean());
        // What an admin granted, who sees more, an author may keep.
        var given = new object[] { new { user_id = elsewhere.Id, can_view = true }, new { entity_id = room, can_view = true } };
        Assert.Equal(200, (await owner.PutAsync(path, new { grants = given })).Status);
        Assert.Equal(200, (await editor.PutAsync(path, new { grants = given })).Status);
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"grants": null}""")]
    [InlineData("""{"grants": [null]}""")]
    [InlineData("""{"grants": [{"can_view": true}]}""")]
    [InlineData("""{"grants": [{"role": "emperor", "can_view": true}]}""")]
    [InlineData("""{"grants": [{"role": "editor\u0000", "can_view": true}]}""")]
    [InlineData("""{"grants": [{"role": "editor"}]}""")]
    [InlineData("""{"grants": [{"role": "editor", "entity_id": 1, "can_view": true}]}""")]
    [InlineData("""{"grants": [{"role": "editor", "can_view": true}, {"role": "editor", "can_edit": true}]}""")]
    [InlineData("""{"is_restricted": false, "grants": [{"role": "editor", "can_view": true}]}""")]
    public async Task Grants_that_make_no_sense_are_refused(string body)
    {
        var owner = await host.RegisterAsync();
        var path = $"/api/v1/workflows/{await owner.CreateAsync(Echo.Nodes, Echo.Connections)}/permissions";
        using var response = await owner.Http.PutAsync(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);

        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task Of_two_at_once_one_whole_list_wins()
    {
        var owner = await host.RegisterAsync();
        var members = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.InviteAsync(owner, "editor")));
        var path = $"/api/v1/workflows/{await owner.CreateAsync(Echo.Nodes, Echo.Connections)}/permissions";
        object[] lists =
        [
            new { grants = members[..2].Select(member => All(member.Id)) },
            new { grants = members[2..].Select(member => All(member.Id)) },
        ];

        for (var round = 0; round < 5; round++)
        {
            var answers = await Task.WhenAll(lists.Concat(lists).Select(list => owner.PutAsync(path, list)));

            Assert.All(answers, answer => Assert.Equal(200, answer.Status));
            var left = (await owner.GetAsync(path))
                .Data.GetProperty("grants")
                .EnumerateArray()
                .Select(grant => grant.GetProperty("user_id").GetGuid())
                .ToHashSet();
            Assert.True(left.SetEquals(members[..2].Select(member => member.Id)) || left.SetEquals(members[2..].Select(member => member.Id)));
        }
    }

    [Fact]
    public async Task A_manager_who_loses_the_race_is_asked_again()
    {
        var owner = await host.RegisterAsync();
        var manager = await host.InviteAsync(owner, "editor");
        var path = $"/api/v1/workflows/{await owner.CreateAsync(Echo.Nodes, Echo.Connections)}/permissions";
        await owner.PutAsync(path, new { grants = new[] { All(manager.Id) } });

        var (taken, kept) = (
            owner.PutAsync(path, new { is_restricted = true, grants = Array.Empty<object>() }),
            manager.PutAsync(path, new { grants = new[] { All(manager.Id) } })
        );
        await Task.WhenAll(taken, kept);

        // Whoever came first, the owner's word stands: either the manager came too late, or the owner came after.
        Assert.Equal(0, (await owner.GetAsync(path)).Data.GetProperty("grants").GetArrayLength());
        Assert.Contains((await kept).Status, new[] { 200, 404 });
    }

    [Fact]
    public async Task No_way_round_leads_to_a_restricted_workflow()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");
        var hidden = await owner.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                told = Node("trigger_event", new { event_type = "paid" }),
                said = Node("trigger_command", new { command_pattern = "!pay" }),
                end = Node("flow_end"),
            },
            new[] { Line("start", "end"), Line("told", "end"), Line("said", "end") },
            "Hidden"
        );
        await GrantAsync(owner, hidden, new { user_id = owner.Id, can_view = true });
        var parent = await editor.PublishAsync(
            new
            {
                start = Node("trigger_manual"),
                call = Node("action_workflow", new { workflow = hidden }),
                end = Node("flow_end", new { output_data = "{{input}}" }),
            },
            new[] { Line("start", "call"), Line("call", "end", "success"), Line("call", "end", "error") }
        );

        await editor.EndedAsync(await editor.StartAsync(parent));
        await editor.PostAsync("/api/v1/events", new { event_type = "paid" });
        await editor.PostAsync($"/api/v1/chat/{owner.Entity}/messages", new { message = "!pay" });
        var named = await editor.CreateAsync(Echo.Nodes, Echo.Connections, "Hidden");

        Assert.Equal(0, await TotalAsync(owner, $"/api/v1/workflows/{hidden}/executions"));
        // Not even by a name that is taken.
        Assert.Equal("hidden-2", (await editor.GetAsync($"/api/v1/workflows/{named}")).Data.GetProperty("key").GetString());
        // Who may, still can.
        await owner.PostAsync("/api/v1/events", new { event_type = "paid" });
        await owner.PostAsync($"/api/v1/chat/{owner.Entity}/messages", new { message = "!pay" });
        Assert.Equal(2, await TotalAsync(owner, $"/api/v1/workflows/{hidden}/executions"));
        await GrantAsync(owner, hidden, new { user_id = editor.Id, can_execute = true });
        await editor.EndedAsync(await editor.StartAsync(parent));
        Assert.Equal(3, await TotalAsync(owner, $"/api/v1/workflows/{hidden}/executions"));
    }

    [Fact]
    public async Task Doors_stay_open_and_ask_no_grants()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Webhook.Nodes, Webhook.Connections);
        var door = await owner.WebhookAsync(workflow);
        await GrantAsync(owner, workflow, new { user_id = owner.Id, can_view = true });

        Assert.Equal(200, (await owner.PostAsync(door, new { })).Status);
    }

    [Fact]
    public async Task Sharing_shows_a_restricted_workflow_to_those_granted_only()
    {
        var owner = await host.RegisterAsync();
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        var (reader, other) = (
            await host.InviteAsync(owner with { Community = community }, "editor"),
            await host.InviteAsync(owner with { Community = community }, "editor")
        );
        var path = $"/api/v1/workflows/{await owner.PublishAsync(Echo.Nodes, Echo.Connections)}";
        await owner.PutAsync($"{path}/shares", new { communities = new[] { community } });
        await owner.PutAsync($"{path}/permissions", new { grants = new[] { All(reader.Id) } });

        Assert.Equal((200, 404), ((await reader.GetAsync(path)).Status, (await other.GetAsync(path)).Status));
        Assert.Equal((404, 404), ((await reader.PostAsync($"{path}/execute")).Status, (await reader.GetAsync($"{path}/permissions")).Status));
    }

    [Fact]
    public async Task Setting_permissions_is_audited_with_before_and_after()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.CreateAsync(Echo.Nodes, Echo.Connections);
        await GrantAsync(owner, workflow, new { role = "editor", can_execute = true });

        var entry = (await owner.GetAsync("/api/v1/audit?action=workflow.permissions_set")).Data.GetProperty("entries")[0];
        Assert.Equal(workflow.ToString(), entry.GetProperty("target").GetProperty("id").GetString());
        Assert.Contains("can_execute", entry.GetProperty("after").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("can_execute", entry.GetProperty("before").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_itself_hides_a_restricted_workflow_and_its_executions()
    {
        var owner = await host.RegisterAsync();
        var (member, other) = (await host.InviteAsync(owner, "viewer"), await host.InviteAsync(owner, "viewer"));
        var workflow = await owner.PublishAsync(Echo.Nodes, Echo.Connections);
        await owner.StartAsync(workflow);
        await GrantAsync(owner, workflow, new { user_id = member.Id, can_view = true });

        foreach (
            var (person, seen) in new[]
            {
                ("*", 1),
                ($"{owner.Id}", 1),
                ($"{member.Id}", 1),
                ($"{other.Id}", 0),
                ($"{Guid.NewGuid()}", 0),
                ("", 0),
                (null, 0),
            }
        )
        {
            Assert.Equal(seen, await AsAppAsync(owner, person, $"select count(*) from automation.workflows where id = '{workflow}'"));
            Assert.Equal(seen, await AsAppAsync(owner, person, $"select count(*) from engine.executions where workflow_id = '{workflow}'"));
        }
    }

    [Fact]
    public async Task An_execution_of_a_workflow_that_was_deleted_with_its_entity_is_not_there_any_more()
    {
        var owner = await host.RegisterAsync();
        var entity = (await owner.PostAsync($"/api/v1/communities/{owner.Community}/entities", new { name = "Short" }))
            .Data.GetProperty("entity_id")
            .GetInt64();
        var there = owner with { Entity = entity };
        var workflow = await there.PublishAsync(Echo.Nodes, Echo.Connections);
        var execution = await there.StartAsync(workflow);
        await there.EndedAsync(execution);
        await there.DeleteAsync($"/api/v1/workflows/{workflow}");
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/entities/{entity}")).Status);

        var path = $"/api/v1/workflows/executions/{execution}";
        Assert.Equal(
            (404, 404, 404),
            ((await owner.GetAsync(path)).Status, (await owner.PostAsync($"{path}/retry")).Status, (await owner.PostAsync($"{path}/cancel")).Status)
        );
    }

    private async Task<long> AsAppAsync(Member owner, string? person, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(host.Database.Roles.App);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var set = new Npgsql.NpgsqlCommand(
            $"select set_config('app.tenant_id', '{owner.Tenant}', true), set_config('app.community_ids', '{{{owner.Community}}}', "
                + $"true){(person is null ? "" : $", set_config('app.granted_to', '{person}', true)")}",
            connection
        );
        await set.ExecuteNonQueryAsync(Ct);
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }

    private static object All(Guid user) =>
        new
        {
            user_id = user,
            can_view = true,
            can_edit = true,
            can_execute = true,
            can_delete = true,
            can_manage_permissions = true,
        };

    private static async Task<Answer> GrantAsync(Member owner, Guid workflow, params object[] grants)
    {
        var answer = await owner.PutAsync($"/api/v1/workflows/{workflow}/permissions", new { grants });
        Assert.True(answer.Status == 200, answer.Text);
        return answer;
    }

    private static async Task<(int, int, int)> LookAsync(Guid workflow, Member one, Member two, Member three)
    {
        var path = $"/api/v1/workflows/{workflow}";
        return ((await one.GetAsync(path)).Status, (await two.GetAsync(path)).Status, (await three.GetAsync(path)).Status);
    }

    private static async Task<int> TotalAsync(Member member, string path)
    {
        var answer = await member.GetAsync(path);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(answer.Data.GetArrayLength(), answer.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt32());
        return answer.Data.GetArrayLength();
    }
}
