using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>What was taken away is gone at the door within seconds, although the token still says it.</summary>
public sealed class FreshnessTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_demoted_member_is_refused_and_a_removed_one_is_out()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");
        Assert.Equal(201, await CreateAsync(editor));

        await owner.PatchAsync($"/api/v1/members/{editor.Id}", new { role = "viewer" });
        await Eventually.True(async () => await CreateAsync(editor) == 403, Soon, Ct);
        Assert.Equal(200, (await editor.GetAsync("/api/v1/workflows")).Status);
        await owner.DeleteAsync($"/api/v1/members/{editor.Id}");
        await Eventually.True(async () => (await editor.GetAsync("/api/v1/workflows")).Status == 401, Soon, Ct);
        Assert.Equal(200, (await owner.GetAsync("/api/v1/workflows")).Status);
    }

    [Fact]
    public async Task A_signed_out_access_token_is_refused()
    {
        var owner = await host.RegisterAsync();
        var other = await host.SignInAsync(owner);
        await owner.PostAsync("/api/v1/auth/logout");

        await Eventually.True(async () => (await owner.GetAsync("/api/v1/me")).Status == 401, Soon, Ct);
        Assert.Equal(200, (await other.GetAsync("/api/v1/me")).Status);
    }

    [Fact]
    public async Task A_role_in_a_community_that_was_taken_away_shows_nothing_of_it_any_more()
    {
        var owner = await host.RegisterAsync();
        var editor = await host.InviteAsync(owner, "editor");
        await owner.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        Assert.Equal(1, (await editor.GetAsync("/api/v1/workflows")).Data.GetArrayLength());

        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/communities/{owner.Community}/members/{editor.Id}")).Status);
        await Eventually.True(async () => (await editor.GetAsync("/api/v1/workflows")).Data.GetArrayLength() == 0, Soon, Ct);
    }

    private static async Task<int> CreateAsync(Member member) =>
        (await member.PostAsync("/api/v1/workflows", new { name = "x", entity_id = member.Entity })).Status;
}
