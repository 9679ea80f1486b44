using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Roles that a tenant makes for itself.</summary>
public sealed class RoleTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Roles = "/api/v1/roles";

    [Fact]
    public async Task A_member_with_an_own_role_may_do_what_it_says_and_no_more()
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "editor");
        var role = await MakeAsync(owner, "Reader", "read:workflows", "create:workflows");
        Assert.Equal("Reader", (await owner.PatchAsync($"/api/v1/members/{member.Id}", new { role })).Data.GetProperty("role_name").GetString());
        Assert.Equal(1, (await owner.GetAsync($"/api/v1/members?role={role}")).Data.GetArrayLength());

        member = await host.SignInAsync(member);
        Assert.Equal(201, (await member.PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Status);
        Assert.Equal(403, (await member.GetAsync("/api/v1/executions")).Status);

        Assert.Equal(200, (await owner.PatchAsync($"{Roles}/{role}", new { permissions = new[] { "read:workflows" } })).Status);
        await Eventually.True(
            async () => (await member.PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Status == 403,
            TimeSpan.FromSeconds(5),
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Nobody_makes_widens_or_gives_a_role_above_the_own()
    {
        var owner = await host.RegisterAsync();
        var admin = await host.InviteAsync(owner, "admin");
        var payer = await MakeAsync(owner, "Payer", "manage:billing");
        var helper = await MakeAsync(admin, "Helper", "read:logs");

        Assert.Equal(403, (await admin.PostAsync(Roles, new { name = "Mine", permissions = new[] { "delete:tenant" } })).Status);
        Assert.Equal(403, (await admin.PatchAsync($"{Roles}/{helper}", new { permissions = new[] { "manage:billing" } })).Status);
        Assert.Equal(403, (await admin.PatchAsync($"{Roles}/{payer}", new { permissions = new[] { "read:logs" } })).Status);
        Assert.Equal(403, (await admin.DeleteAsync($"{Roles}/{payer}")).Status);
        Assert.Equal(403, (await admin.PatchAsync($"/api/v1/members/{admin.Id}", new { role = payer })).Status);
    }

    [Fact]
    public async Task A_role_in_use_is_not_deleted_and_names_are_taken_once()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var member = await host.InviteAsync(owner, "viewer");
        var role = await MakeAsync(owner, "Reader", "read:workflows");
        await owner.PatchAsync($"/api/v1/members/{member.Id}", new { role });

        Assert.Equal("role.in_use", (await owner.DeleteAsync($"{Roles}/{role}")).Reason);
        Assert.Equal("role.name_taken", (await owner.PostAsync(Roles, new { name = "reader" })).Reason);
        Assert.Equal(400, (await owner.PostAsync(Roles, new { name = "Admin" })).Status);
        Assert.Equal(400, (await owner.PostAsync(Roles, new { name = "x", permissions = new[] { "do:everything" } })).Status);
        Assert.Equal(404, (await stranger.PatchAsync($"/api/v1/members/{stranger.Id}", new { role })).Status);
        Assert.Equal(5, (await stranger.GetAsync(Roles)).Data.GetArrayLength());
        await owner.PatchAsync($"/api/v1/members/{member.Id}", new { role = "viewer" });
        Assert.Equal(200, (await owner.DeleteAsync($"{Roles}/{role}")).Status);
    }

    [Theory]
    [InlineData("owner\u200b")]
    [InlineData("owner\u3164")]
    [InlineData("owner\ufe0f")]
    [InlineData("owner\u2800")]
    [InlineData("\u2060Admin")]
    [InlineData("Rea\u00adder")]
    [InlineData("edit\u200dor")]
    public async Task A_role_that_looks_like_another_one_is_not_made(string name)
    {
        var owner = await host.RegisterAsync();
        var refused = await owner.PostAsync(Roles, new { name, permissions = new[] { "read:workflows" } });

        Assert.Equal(400, refused.Status);
        Assert.True(refused.Details.GetProperty("errors").TryGetProperty("name", out _));
    }

    [Fact]
    public async Task Names_are_the_same_however_their_accents_are_composed()
    {
        var owner = await host.RegisterAsync("Caf\u00e9");
        await MakeAsync(owner, "Caf\u00e9", "read:workflows");

        Assert.Equal("role.name_taken", (await owner.PostAsync(Roles, new { name = "CAFE\u0301", permissions = new[] { "read:workflows" } })).Reason);
        Assert.Equal(200, (await owner.DeleteAsync("/api/v1/tenant", new { name = "Cafe\u0301" })).Status);
    }

    private static async Task<string> MakeAsync(Member by, string name, params string[] permissions)
    {
        var made = await by.PostAsync(Roles, new { name, permissions });
        Assert.True(made.Status == 201, made.Text);
        return made.Data.GetProperty("role").GetString()!;
    }
}
