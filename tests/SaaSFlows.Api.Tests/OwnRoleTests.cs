using System.Net.Http.Headers;
using System.Net.Http.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A tenant's own roles wherever a role is named.</summary>
public sealed class OwnRoleTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_of_a_member_with_an_own_role_has_its_permissions_and_loses_them_with_it()
    {
        var owner = await host.RegisterAsync();
        var (role, member) = await WithRoleAsync(owner, "read:workflows", "create:workflows");
        var key = WithKey(owner, await member.PostAsync("/api/v1/api-keys", new { name = "k" }));

        Assert.Equal(["create:workflows", "read:workflows"], await PermissionsAsync(key));
        Assert.Equal(201, (await CreateWorkflowAsync(key)).Status);
        Assert.Equal(403, (await key.GetAsync("/api/v1/executions")).Status);
        Assert.Equal(400, (await member.PostAsync("/api/v1/api-keys", new { name = "k", permissions = new[] { "read:logs" } })).Status);

        Assert.Equal(200, (await owner.PatchAsync($"/api/v1/roles/{role}", new { permissions = new[] { "read:workflows" } })).Status);
        await Eventually.True(async () => (await CreateWorkflowAsync(key)).Status == 403, TimeSpan.FromSeconds(6), Ct);
        Assert.Equal(200, (await key.GetAsync("/api/v1/workflows")).Status);
    }

    [Fact]
    public async Task A_service_account_has_an_own_role_and_its_key_what_that_says()
    {
        var owner = await host.RegisterAsync();
        var role = await MakeAsync(owner, "read:workflows", "create:workflows");
        var made = await owner.PostAsync("/api/v1/service-accounts", new { name = "bot", role });
        Assert.Equal((201, role), (made.Status, made.Data.GetProperty("role").GetString()));
        Assert.StartsWith("Own ", made.Data.GetProperty("role_name").GetString(), StringComparison.Ordinal);
        var id = made.Data.GetProperty("user_id").GetGuid();
        Assert.Equal(200, (await owner.PutAsync($"/api/v1/communities/{owner.Community}/members/{id}", new { role = "editor" })).Status);
        var key = WithKey(owner, await owner.PostAsync("/api/v1/api-keys", new { name = "k", user_id = id }));
        Assert.Equal(["create:workflows", "read:workflows"], await PermissionsAsync(key));
        Assert.Equal(201, (await CreateWorkflowAsync(key)).Status);

        var lesser = await MakeAsync(owner, "read:workflows");
        Assert.Equal(lesser, (await owner.PatchAsync($"/api/v1/service-accounts/{id}", new { role = lesser })).Data.GetProperty("role").GetString());
        Assert.Equal(lesser, (await owner.GetAsync("/api/v1/service-accounts")).Data[0].GetProperty("role").GetString());
        await Eventually.True(async () => (await CreateWorkflowAsync(key)).Status == 403, TimeSpan.FromSeconds(6), Ct);
        Assert.Equal("role.in_use", (await owner.DeleteAsync($"/api/v1/roles/{lesser}")).Reason);

        var stranger = await host.RegisterAsync();
        Assert.Equal(400, (await stranger.PostAsync("/api/v1/service-accounts", new { name = "bot", role })).Status);
        Assert.Equal(400, (await owner.PatchAsync($"/api/v1/service-accounts/{id}", new { role = Guid.NewGuid() })).Status);
    }

    [Fact]
    public async Task Nobody_gets_more_by_a_program_than_they_have()
    {
        var owner = await host.RegisterAsync();
        var (_, helper) = await WithRoleAsync(owner, "manage:service_accounts", "read:workflows");
        var above = await MakeAsync(owner, "read:workflows", "manage:tenant");
        var admin = (await owner.PostAsync("/api/v1/service-accounts", new { name = "root", role = "admin" })).Data.GetProperty("user_id").GetGuid();
        var elsewhere = (await owner.PostAsync("/api/v1/service-accounts", new { name = "far", role = "viewer" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var other = (await owner.PostAsync("/api/v1/communities", new { name = "Other" })).Data.GetProperty("community_id").GetInt64();
        await owner.PutAsync($"/api/v1/communities/{other}/members/{elsewhere}", new { role = "viewer" });

        foreach (var role in new[] { "admin", "viewer", above })
        {
            Assert.Equal("role.beyond_own", (await helper.PostAsync("/api/v1/service-accounts", new { name = "bot", role })).Reason);
        }

        Assert.Equal(403, (await helper.PatchAsync($"/api/v1/service-accounts/{admin}", new { name = "mine" })).Status);
        Assert.Equal(403, (await helper.DeleteAsync($"/api/v1/service-accounts/{admin}")).Status);
        foreach (var account in new[] { admin, elsewhere })
        {
            Assert.Equal("api_key.owner_acts_elsewhere", (await helper.PostAsync("/api/v1/api-keys", new { name = "k", user_id = account })).Reason);
        }
    }

    [Fact]
    public async Task An_invitation_gives_own_roles_in_the_tenant_and_in_a_community()
    {
        var owner = await host.RegisterAsync();
        var (role, there) = (await MakeAsync(owner, "read:workflows", "create:workflows"), await MakeAsync(owner, "read:workflows"));
        var email = $"{Guid.NewGuid():N}@example.com";
        var made = await owner.PostAsync(
            "/api/v1/invitations",
            new
            {
                email,
                role,
                communities = new[] { new { community_id = owner.Community, role = there } },
            }
        );
        Assert.Equal((201, role), (made.Status, made.Data.GetProperty("invitation").GetProperty("role").GetString()));
        Assert.Equal(there, (await owner.GetAsync("/api/v1/invitations")).Data[0].GetProperty("communities")[0].GetProperty("role").GetString());

        var joined = await AcceptAsync(made);
        Assert.True(joined.Status == 200, joined.Text);
        var member = owner with { Http = host.Anonymous(), Email = email };
        member.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined.Json.GetProperty("token").GetString());

        Assert.Equal(["create:workflows", "read:workflows"], await PermissionsAsync(member));
        Assert.Equal(200, (await member.GetAsync("/api/v1/workflows")).Status);
        // The role in the community does not have it.
        Assert.Equal(403, (await CreateWorkflowAsync(member)).Status);
        var details = (await owner.GetAsync($"/api/v1/members/{member.Id}")).Data;
        Assert.Equal((role, there), (details.GetProperty("role").GetString(), details.GetProperty("communities")[0].GetProperty("role").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_invitation_whose_role_was_deleted_is_refused(bool inCommunity)
    {
        var owner = await host.RegisterAsync();
        var role = await MakeAsync(owner, "read:workflows");
        var made = await owner.PostAsync(
            "/api/v1/invitations",
            new
            {
                email = $"{Guid.NewGuid():N}@example.com",
                role = inCommunity ? "viewer" : role,
                communities = inCommunity ? new[] { new { community_id = owner.Community, role } } : [],
            }
        );
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/roles/{role}")).Status);

        var token = made.Data.GetProperty("token").GetString();
        var look = await Answer.FromAsync(await host.Anonymous().GetAsync($"/api/v1/invitations/{token}", Ct));
        foreach (var refused in new[] { look, await AcceptAsync(made) })
        {
            Assert.Equal((409, "invitation.role_deleted"), (refused.Status, refused.Reason));
        }

        Assert.Equal("role_deleted", (await owner.GetAsync("/api/v1/invitations")).Data[0].GetProperty("status").GetString());
        Assert.Equal(1, await host.CountAsync("select count(*) from accounts.memberships where tenant_id = $1", owner.Tenant));
    }

    [Fact]
    public async Task Of_a_role_that_is_deleted_and_its_invitation_that_is_accepted_one_comes_first()
    {
        var owner = await host.RegisterAsync();
        for (var round = 0; round < 8; round++)
        {
            var role = await MakeAsync(owner, "read:workflows");
            var made = await owner.PostAsync("/api/v1/invitations", new { email = $"{Guid.NewGuid():N}@example.com", role });
            var answers = await Task.WhenAll(AcceptAsync(made), owner.DeleteAsync($"/api/v1/roles/{role}"));

            Assert.Contains((answers[0].Status, answers[1].Status), new[] { (200, 409), (409, 200) });
        }
    }

    [Fact]
    public async Task Nobody_invites_with_more_than_they_have()
    {
        var owner = await host.RegisterAsync();
        var (_, inviter) = await WithRoleAsync(owner, "manage:members", "read:workflows");
        var (within, above) = (await MakeAsync(owner, "read:workflows"), await MakeAsync(owner, "read:workflows", "manage:billing"));
        object Body(string role, string? there = null) =>
            new
            {
                email = $"{Guid.NewGuid():N}@example.com",
                role,
                communities = there is null ? [] : new[] { new { community_id = owner.Community, role = there } },
            };

        Assert.Equal(201, (await inviter.PostAsync("/api/v1/invitations", Body(within))).Status);
        Assert.Equal(400, (await inviter.PostAsync("/api/v1/invitations", Body($"{Guid.NewGuid()}"))).Status);
        foreach (var role in new[] { above, "admin", "viewer" })
        {
            Assert.Equal("role.beyond_own", (await inviter.PostAsync("/api/v1/invitations", Body(role))).Reason);
        }

        Assert.Equal(403, (await inviter.PostAsync("/api/v1/invitations", Body(within, above))).Status);
        var stranger = await host.RegisterAsync();
        Assert.Equal(400, (await stranger.PostAsync("/api/v1/invitations", Body(within))).Status);
    }

    [Fact]
    public async Task An_own_role_holds_in_one_community_and_follows_its_changes()
    {
        var owner = await host.RegisterAsync();
        var role = await MakeAsync(owner, "read:workflows", "create:workflows", "manage:community_members");
        var (member, other) = (await host.InviteAsync(owner, "editor"), await host.InviteAsync(owner, "viewer"));
        var path = $"/api/v1/communities/{owner.Community}/members";
        var put = await owner.PutAsync($"{path}/{member.Id}", new { role });
        Assert.Equal((200, role), (put.Status, put.Data.GetProperty("role").GetString()));
        Assert.Contains(role, (await owner.GetAsync(path)).Data.EnumerateArray().Select(m => m.GetProperty("role").GetString()));

        member = await host.SignInAsync(member);
        Assert.Equal(201, (await CreateWorkflowAsync(member with { Entity = owner.Entity })).Status);
        Assert.Equal(403, (await member.PutAsync($"{path}/{other.Id}", new { role = "admin" })).Status);
        Assert.Equal(403, (await member.DeleteAsync($"{path}/{other.Id}")).Status);
        Assert.Equal("role.in_use", (await owner.DeleteAsync($"/api/v1/roles/{role}")).Reason);

        Assert.Equal(200, (await owner.PatchAsync($"/api/v1/roles/{role}", new { permissions = new[] { "read:workflows" } })).Status);
        await Eventually.True(
            async () => (await CreateWorkflowAsync(member with { Entity = owner.Entity })).Status == 403,
            TimeSpan.FromSeconds(6),
            Ct
        );
        Assert.Equal(400, (await owner.PutAsync($"{path}/{member.Id}", new { role = Guid.NewGuid() })).Status);
    }

    // The log is the tenant's, and only a role in the tenant gives it.
    [Fact]
    public async Task An_auditor_reads_the_whole_log_and_nothing_else()
    {
        var owner = await host.RegisterAsync();
        var (_, auditor) = await WithRoleAsync(owner, "read:audit");

        var log = await auditor.GetAsync("/api/v1/audit");
        Assert.True(log.Status == 200, log.Text);
        Assert.Contains("tenant.created", log.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await auditor.GetAsync("/api/v1/audit/verify")).Status);
        Assert.Equal(403, (await auditor.GetAsync("/api/v1/workflows")).Status);

        var editor = await host.InviteAsync(owner, "editor");
        await owner.PutAsync($"/api/v1/communities/{owner.Community}/members/{editor.Id}", new { role = await MakeAsync(owner, "read:audit") });
        Assert.Equal(403, (await (await host.SignInAsync(editor)).GetAsync("/api/v1/audit")).Status);
    }

    private static Task<Answer> CreateWorkflowAsync(Member by) => by.PostAsync("/api/v1/workflows", new { name = "x", entity_id = by.Entity });

    private static async Task<string[]> PermissionsAsync(Member member) =>
        [.. (await member.GetAsync("/api/v1/me")).Data.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()!)];

    private static async Task<string> MakeAsync(Member by, params string[] permissions)
    {
        var made = await by.PostAsync("/api/v1/roles", new { name = $"Own {Guid.NewGuid():N}", permissions });
        Assert.True(made.Status == 201, made.Text);
        return made.Data.GetProperty("role").GetString()!;
    }

    private async Task<(string Role, Member Member)> WithRoleAsync(Member owner, params string[] permissions)
    {
        var role = await MakeAsync(owner, permissions);
        var member = await host.InviteAsync(owner, "editor");
        Assert.Equal(200, (await owner.PatchAsync($"/api/v1/members/{member.Id}", new { role })).Status);
        return (role, await host.SignInAsync(member));
    }

    private Member WithKey(Member owner, Answer made)
    {
        Assert.True(made.Status == 201, made.Text);
        var member = owner with { Http = host.Anonymous() };
        member.Http.DefaultRequestHeaders.Add("X-API-Key", made.Data.GetProperty("key").GetString());
        return member;
    }

    private async Task<Answer> AcceptAsync(Answer made) =>
        await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync($"/api/v1/invitations/{made.Data.GetProperty("token").GetString()}/accept", new { password = Member.Password }, Ct)
        );
}
