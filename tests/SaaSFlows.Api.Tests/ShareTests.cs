using Npgsql;

namespace SaaSFlows.Api.Tests;

public sealed class ShareTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shared_workflow_is_read_by_the_other_community_and_nothing_else()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections, "Shared");
        await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Not shared");
        var path = $"/api/v1/workflows/{workflow}";
        var (reader, outsider) = (await MemberElsewhereAsync(owner), await MemberElsewhereAsync(owner));

        var shared = await owner.PutAsync($"{path}/shares", new { communities = new[] { reader.Community, reader.Community } });

        Assert.Equal([reader.Community], shared.Data.GetProperty("communities").EnumerateArray().Select(c => c.GetInt64()));
        var listed = (await reader.GetAsync("/api/v1/workflows")).Data.EnumerateArray().Single();
        Assert.Equal(("Shared", true), (listed.GetProperty("name").GetString(), listed.GetProperty("read_only").GetBoolean()));
        var details = (await reader.GetAsync(path)).Data;
        Assert.True(details.GetProperty("read_only").GetBoolean());
        Assert.Equal(owner.Community, details.GetProperty("community_id").GetInt64());
        Assert.False((await owner.GetAsync(path)).Data.GetProperty("read_only").GetBoolean());
        Assert.Equal(404, (await outsider.GetAsync(path)).Status);
        Assert.Empty((await outsider.GetAsync("/api/v1/workflows")).Data.EnumerateArray());

        foreach (
            var answer in new[]
            {
                await reader.PutAsync(path, new { name = "Mine now" }),
                await reader.DeleteAsync(path),
                await reader.PostAsync($"{path}/publish"),
                await reader.PostAsync($"{path}/pause"),
                await reader.PostAsync($"{path}/execute"),
                await reader.PostAsync($"{path}/test"),
                await reader.GetAsync($"{path}/executions"),
                await reader.GetAsync($"{path}/webhooks"),
                await reader.PostAsync($"{path}/webhooks", new { name = "Door" }),
                await reader.GetAsync($"{path}/shares"),
                await reader.PutAsync($"{path}/shares", new { communities = new[] { outsider.Community } }),
            }
        )
        {
            Assert.Equal(404, answer.Status);
        }

        Assert.Equal("Shared", (await owner.GetAsync(path)).Data.GetProperty("name").GetString());
        await owner.PutAsync($"{path}/shares", new { communities = Array.Empty<long>() });
        Assert.Equal(404, (await reader.GetAsync(path)).Status);
        Assert.Empty((await reader.GetAsync("/api/v1/workflows")).Data.EnumerateArray());
    }

    [Fact]
    public async Task Workflows_are_shared_with_communities_that_the_caller_sees_only()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var (viewer, editor) = (await host.InviteAsync(owner, "viewer"), await host.InviteAsync(owner, "editor"));
        var elsewhere = await MemberElsewhereAsync(owner);
        var path = $"/api/v1/workflows/{await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)}/shares";

        Assert.Equal(404, (await owner.PutAsync(path, new { communities = new[] { stranger.Community } })).Status);
        Assert.Equal(404, (await editor.PutAsync(path, new { communities = new[] { elsewhere.Community } })).Status);
        Assert.Equal(404, (await stranger.PutAsync(path, new { communities = new[] { stranger.Community } })).Status);
        Assert.Equal(403, (await viewer.PutAsync(path, new { communities = Array.Empty<long>() })).Status);
        Assert.Equal(400, (await owner.PutAsync(path, new { communities = new[] { owner.Community } })).Status);
        Assert.Equal(400, (await owner.PutAsync(path, new { })).Status);
        // What the caller does not see stays shared.
        await owner.PutAsync(path, new { communities = new[] { elsewhere.Community } });
        Assert.Equal(200, (await editor.PutAsync(path, new { communities = Array.Empty<long>() })).Status);
        Assert.Equal(elsewhere.Community, (await owner.GetAsync(path)).Data.GetProperty("communities")[0].GetInt64());
    }

    [Fact]
    public async Task Database_itself_opens_a_shared_workflow_to_reading_only()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var workflow = await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var reader = await MemberElsewhereAsync(owner);
        await owner.PutAsync($"/api/v1/workflows/{workflow}/shares", new { communities = new[] { reader.Community } });

        const string Shared = "select count(*) from automation.shared_workflows()";
        Assert.Equal(1, await AsAppAsync(owner.Tenant, reader.Community, Shared));
        // Another tenant that claims the community's number, another community, none at all.
        Assert.Equal(0, await AsAppAsync(stranger.Tenant, reader.Community, Shared));
        Assert.Equal(0, await AsAppAsync(owner.Tenant, stranger.Community, Shared));
        Assert.Equal(0, await AsAppAsync(owner.Tenant, null, Shared));
        foreach (var table in new[] { "workflows", "workflow_versions", "workflow_shares", "triggers", "webhooks" })
        {
            Assert.Equal(
                0,
                await AsAppAsync(owner.Tenant, reader.Community, $"select count(*) from automation.{table} where community_id = {owner.Community}")
            );
        }

        Assert.Equal(
            0,
            await AsAppAsync(
                owner.Tenant,
                reader.Community,
                $"with u as (update automation.workflows set name = 'Mine' where id = '{workflow}' returning 1) select count(*) from u"
            )
        );
        var forged = await Assert.ThrowsAsync<PostgresException>(() =>
            AsAppAsync(
                owner.Tenant,
                reader.Community,
                $"with i as (insert into automation.workflow_shares values ('{workflow}', '{owner.Tenant}', {owner.Community}, "
                    + $"{reader.Community + 1}) returning 1) select count(*) from i"
            )
        );
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, forged.SqlState);
    }

    private async Task<Member> MemberElsewhereAsync(Member owner)
    {
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        return await host.InviteAsync(owner with { Community = community }, "editor");
    }

    private async Task<long> AsAppAsync(Guid tenant, long? community, string sql)
    {
        await using var connection = new NpgsqlConnection(host.Database.Roles.App);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var set = new NpgsqlCommand("select set_config('app.tenant_id', $1, true), set_config('app.community_ids', $2, true)", connection)
        {
            Parameters =
            {
                new() { Value = $"{tenant}" },
                new() { Value = community is null ? "" : $"{{{community}}}" },
            },
        };
        await set.ExecuteNonQueryAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
