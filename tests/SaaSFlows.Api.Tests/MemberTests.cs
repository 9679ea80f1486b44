namespace SaaSFlows.Api.Tests;

/// <summary>Members of a tenant: listed, given another role, removed, leaving.</summary>
public sealed class MemberTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Members = "/api/v1/members";

    [Fact]
    public async Task Members_are_listed_in_pages_searched_and_filtered_by_role()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");
        await host.InviteAsync(owner, "viewer");
        await host.InviteAsync(await host.RegisterAsync(), "editor");

        var page = await owner.GetAsync($"{Members}?per_page=2");
        var names = page.Data.EnumerateArray().Select(member => member.GetProperty("username").GetString()!).ToList();
        Assert.Equal(3, page.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt32());
        Assert.Equal([.. names.Order(StringComparer.Ordinal)], names);
        Assert.Equal(1, (await owner.GetAsync($"{Members}?per_page=2&page=2")).Data.GetArrayLength());
        var found = Assert.Single((await owner.GetAsync($"{Members}?search={editor.Email[3..20].ToUpperInvariant()}")).Data.EnumerateArray());
        Assert.Equal((editor.Email, "editor"), (found.GetProperty("email").GetString(), found.GetProperty("role").GetString()));
        Assert.Equal(1, (await owner.GetAsync($"{Members}?role=viewer")).Data.GetArrayLength());
        Assert.Empty((await owner.GetAsync($"{Members}?search=%25")).Data.EnumerateArray());
        Assert.Empty((await owner.GetAsync($"{Members}?role={Guid.NewGuid()}")).Data.EnumerateArray());
    }

    [Fact]
    public async Task A_member_is_shown_with_the_communities_and_permissions_of_the_role()
    {
        var owner = await host.RegisterAsync();
        var viewer = await host.InviteAsync(owner, "viewer");
        var shown = (await owner.GetAsync($"{Members}/{viewer.Id}")).Data;

        Assert.Equal(owner.Community, shown.GetProperty("communities")[0].GetProperty("community_id").GetInt64());
        Assert.Contains("read:workflows", shown.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()));
    }

    [Fact]
    public async Task A_changed_role_counts_from_the_next_sign_in_and_another_tenants_member_is_not_found()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var member = await host.InviteAsync(owner, "editor");
        var path = $"{Members}/{member.Id}";

        Assert.Equal(404, (await stranger.PatchAsync(path, new { role = "owner" })).Status);
        Assert.Equal(404, (await stranger.DeleteAsync(path)).Status);
        Assert.Equal(404, (await stranger.GetAsync(path)).Status);
        Assert.Equal("viewer", (await owner.PatchAsync(path, new { role = "viewer" })).Data.GetProperty("role").GetString());
        Assert.Equal(
            403,
            (await (await host.SignInAsync(member)).PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Status
        );
        Assert.Equal("editor", (await owner.PatchAsync(path, new { role = "editor" })).Data.GetProperty("role").GetString());
        Assert.Equal(
            201,
            (await (await host.SignInAsync(member)).PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Status
        );
        Assert.Equal(404, (await owner.PatchAsync(path, new { role = "king" })).Status);
        Assert.Equal(400, (await owner.PatchAsync(path, new { })).Status);
    }

    [Fact]
    public async Task An_admin_neither_makes_nor_changes_owners()
    {
        var owner = await host.RegisterAsync();
        var admin = await host.InviteAsync(owner, "admin");
        var viewer = await host.InviteAsync(owner, "viewer");

        var refused = await admin.PatchAsync($"{Members}/{viewer.Id}", new { role = "owner" });
        Assert.Equal((403, "role.beyond_own"), (refused.Status, refused.Reason));
        Assert.Contains("delete:tenant", refused.Text, StringComparison.Ordinal);
        Assert.Equal(403, (await admin.PatchAsync($"{Members}/{admin.Id}", new { role = "owner" })).Status);
        Assert.Equal(403, (await admin.PatchAsync($"{Members}/{owner.Id}", new { role = "viewer" })).Status);
        Assert.Equal(403, (await admin.DeleteAsync($"{Members}/{owner.Id}")).Status);
        Assert.Equal(200, (await admin.PatchAsync($"{Members}/{viewer.Id}", new { role = "admin" })).Status);
        Assert.Equal(200, (await admin.DeleteAsync($"{Members}/{viewer.Id}")).Status);
        Assert.Equal(
            2,
            await host.CountAsync("select count(*) from accounts.audit_entries where target_id = $1 and actor_name = $2", $"{viewer.Id}", admin.Email)
        );
    }

    [Fact]
    public async Task A_service_account_is_a_member_but_never_an_owner()
    {
        var owner = await host.RegisterAsync();
        var account = (await owner.PostAsync("/api/v1/service-accounts", new { name = "Deploy", role = "viewer" }))
            .Data.GetProperty("user_id")
            .GetGuid();

        Assert.True((await owner.GetAsync($"{Members}?search=deploy")).Data[0].GetProperty("is_service_account").GetBoolean());
        Assert.Equal("member.service_account", (await owner.PatchAsync($"{Members}/{account}", new { role = "owner" })).Reason);
        Assert.Equal(200, (await owner.PatchAsync($"{Members}/{account}", new { role = "editor" })).Status);
    }

    [Fact]
    public async Task The_last_owner_stays_owner()
    {
        var owner = await host.RegisterAsync();
        var path = $"{Members}/{owner.Id}";

        Assert.Equal("member.last_owner", (await owner.PatchAsync(path, new { role = "admin" })).Reason);
        Assert.Equal("member.last_owner", (await owner.DeleteAsync(path)).Reason);
        Assert.Equal("member.last_owner", (await owner.DeleteAsync($"{Members}/me")).Reason);
        Assert.Equal(200, (await owner.PatchAsync(path, new { role = "owner" })).Status);
    }

    [Fact]
    public async Task Two_owners_who_demote_each_other_at_once_leave_one_owner()
    {
        for (var round = 0; round < 10; round++)
        {
            var first = await host.RegisterAsync();
            var second = await host.InviteAsync(first, "admin");
            var (one, two) = (first.Id, second.Id);
            Assert.Equal(200, (await first.PatchAsync($"{Members}/{two}", new { role = "owner" })).Status);
            second = await host.SignInAsync(second);
            var answers = await Task.WhenAll(
                first.PatchAsync($"{Members}/{two}", new { role = "viewer" }),
                round % 2 == 0 ? second.PatchAsync($"{Members}/{one}", new { role = "viewer" }) : second.DeleteAsync($"{Members}/{one}"),
                first.DeleteAsync($"{Members}/me")
            );

            Assert.Contains(answers, answer => answer.Status == 200);
            Assert.Equal(1, await host.CountAsync("select count(*) from accounts.memberships where tenant_id = $1 and role = 'owner'", first.Tenant));
        }
    }

    [Fact]
    public async Task Who_leaves_is_out_and_has_no_session_in_the_tenant_any_more()
    {
        var owner = await host.RegisterAsync();
        var viewer = await host.InviteAsync(owner, "viewer");

        Assert.Equal(200, (await viewer.DeleteAsync($"{Members}/me")).Status);
        Assert.Equal(404, (await owner.GetAsync($"{Members}/{viewer.Id}")).Status);
        Assert.NotEqual(owner.Tenant, (await host.SignInAsync(viewer)).Tenant);
        Assert.Equal(
            0,
            await host.CountAsync(
                "select count(*) from accounts.sessions s join accounts.users u on u.id = s.user_id where u.email = $1 and s.tenant_id = $2",
                viewer.Email,
                owner.Tenant
            )
        );
    }
}
