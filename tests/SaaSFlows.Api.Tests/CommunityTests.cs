using System.Text.Json;

namespace SaaSFlows.Api.Tests;

public sealed class CommunityTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Communities_and_their_entities_are_made_shown_renamed_and_deleted()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync("/api/v1/communities", new { name = " Support " });
        Assert.Equal((201, "Support"), (made.Status, made.Data.GetProperty("name").GetString()));
        var community = $"/api/v1/communities/{Id(made, "community_id")}";
        var entity = await owner.PostAsync($"{community}/entities", new { name = "Chat" });
        Assert.Equal((201, "web_chat"), (entity.Status, entity.Data.GetProperty("kind").GetString()));
        var place = $"/api/v1/entities/{Id(entity, "entity_id")}";

        Assert.Equal("Help", (await owner.PatchAsync(community, new { name = "Help" })).Data.GetProperty("name").GetString());
        Assert.Equal("Desk", (await owner.PatchAsync(place, new { name = "Desk" })).Data.GetProperty("name").GetString());
        Assert.Equal("Help", (await owner.GetAsync(community)).Data.GetProperty("name").GetString());
        Assert.Equal("Desk", (await owner.GetAsync(place)).Data.GetProperty("name").GetString());
        Assert.Equal("Desk", (await owner.GetAsync($"{community}/entities")).Data.EnumerateArray().Single().GetProperty("name").GetString());
        Assert.Equal(["General", "Help"], Names(await owner.GetAsync("/api/v1/communities")));
        var second = await owner.GetAsync("/api/v1/communities?per_page=1&page=2");
        Assert.Equal(["Help"], Names(second));
        Assert.Equal(2, second.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt64());

        Assert.Equal(200, (await owner.DeleteAsync(place)).Status);
        Assert.Equal(404, (await owner.GetAsync(place)).Status);
        Assert.Equal(200, (await owner.DeleteAsync(community)).Status);
        Assert.Equal(404, (await owner.DeleteAsync(community)).Status);
        Assert.Equal(["General"], Names(await owner.GetAsync("/api/v1/communities")));
    }

    [Theory]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"   "}""")]
    [InlineData("""{}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"name":"\ud800"}""")]
    public async Task Names_are_checked(string body)
    {
        var owner = await host.RegisterAsync();
        Assert.Equal(400, (await owner.PostRawAsync("/api/v1/communities", body)).Status);
        Assert.Equal(400, (await owner.PostRawAsync($"/api/v1/communities/{owner.Community}/entities", body)).Status);
        Assert.Equal(400, (await owner.PostAsync("/api/v1/communities", new { name = new string('x', 121) })).Status);
        Assert.Equal(400, (await owner.PostAsync($"/api/v1/communities/{owner.Community}/entities", new { name = "x", kind = "phone" })).Status);
    }

    [Fact]
    public async Task Community_is_not_deleted_while_something_lives_in_it()
    {
        var owner = await host.RegisterAsync();
        var first = await owner.PostAsync("/api/v1/communities", new { name = "Other" });
        var workflow = await owner.PublishAsync(
            new { start = Graphs.Node("trigger_manual"), wait = Graphs.Node("action_delay", new { delay_ms = 3_600_000 }) },
            new[] { Graphs.Line("start", "wait") }
        );
        var execution = await owner.StartAsync(workflow);
        await owner.ParkedAsync(execution);
        var (community, entity) = ($"/api/v1/communities/{owner.Community}", $"/api/v1/entities/{owner.Entity}");

        Assert.Equal((409, "community.in_use"), Refusal(await owner.DeleteAsync(community)));
        await owner.DeleteAsync($"/api/v1/workflows/{workflow}");
        Assert.Equal((409, "entity.in_use"), Refusal(await owner.DeleteAsync(entity)));
        Assert.Equal((409, "community.in_use"), Refusal(await owner.DeleteAsync(community)));
        await owner.PostAsync($"/api/v1/workflows/executions/{execution}/cancel");
        await owner.EndedAsync(execution);

        Assert.Equal(200, (await owner.DeleteAsync(entity)).Status);
        Assert.Equal(200, (await owner.DeleteAsync(community)).Status);
        Assert.Equal((409, "community.last"), Refusal(await owner.DeleteAsync($"/api/v1/communities/{Id(first, "community_id")}")));
        Assert.Equal(404, (await owner.GetAsync($"/api/v1/workflows/{workflow}")).Status);
        Assert.Equal(404, (await owner.GetAsync($"/api/v1/workflows/executions/{execution}")).Status);
        Assert.Equal(200, (await owner.GetAsync("/api/v1/executions")).Status);
    }

    [Fact]
    public async Task Deleting_all_communities_at_once_leaves_one()
    {
        var owner = await host.RegisterAsync();
        for (var i = 0; i < 5; i++)
        {
            await owner.PostAsync("/api/v1/communities", new { name = $"Number {i}" });
        }

        var all = (await owner.GetAsync("/api/v1/communities")).Data.EnumerateArray().Select(c => c.GetProperty("community_id").GetInt64()).ToList();
        var answers = await Task.WhenAll(all.Select(id => owner.DeleteAsync($"/api/v1/communities/{id}")));

        Assert.Equal((5, 1), (answers.Count(a => a.Status == 200), answers.Count(a => a.Status == 409)));
        Assert.Single((await owner.GetAsync("/api/v1/communities")).Data.EnumerateArray());
    }

    [Fact]
    public async Task Members_of_the_tenant_join_a_community_with_a_role_and_leave_it()
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "viewer");
        var user = (await member.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();
        var made = await owner.PostAsync("/api/v1/communities", new { name = "Second" });
        var members = $"/api/v1/communities/{Id(made, "community_id")}/members";

        Assert.Equal(404, (await member.GetAsync(members)).Status);
        Assert.Equal("operator", (await owner.PutAsync($"{members}/{user}", new { role = "operator" })).Data.GetProperty("role").GetString());
        Assert.Equal("editor", (await owner.PutAsync($"{members}/{user}", new { role = "editor" })).Data.GetProperty("role").GetString());
        var again = await host.SignInAsync(member);
        Assert.Equal(["General", "Second"], Names(await again.GetAsync("/api/v1/communities")));
        var listed = (await again.GetAsync(members)).Data.EnumerateArray().Single();
        Assert.Equal(
            (user, member.Email, "editor"),
            (listed.GetProperty("user_id").GetGuid(), listed.GetProperty("email").GetString(), listed.GetProperty("role").GetString())
        );
        Assert.Equal("editor", (await owner.GetAsync($"{members}/{user}")).Data.GetProperty("role").GetString());

        Assert.Equal(400, (await owner.PutAsync($"{members}/{user}", new { role = "owner" })).Status);
        Assert.Equal(400, (await owner.PutAsync($"{members}/{user}", new { role = "king" })).Status);
        Assert.Equal(200, (await owner.DeleteAsync($"{members}/{user}")).Status);
        Assert.Equal((404, "member.not_found"), Refusal(await owner.DeleteAsync($"{members}/{user}")));
        Assert.Equal(["General"], Names(await (await host.SignInAsync(member)).GetAsync("/api/v1/communities")));
    }

    [Fact]
    public async Task Admin_of_a_community_chooses_its_members_and_no_others()
    {
        var owner = await host.RegisterAsync();
        var (admin, other) = (await host.InviteAsync(owner, "viewer"), await host.InviteAsync(owner, "viewer"));
        var user = (await other.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();
        var self = (await admin.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();
        var (led, seen, unseen) = (await NewCommunityAsync(owner), $"/api/v1/communities/{owner.Community}", await NewCommunityAsync(owner));
        await owner.PutAsync($"{led}/members/{self}", new { role = "admin" });
        admin = await host.SignInAsync(admin);

        Assert.Equal(200, (await admin.PutAsync($"{led}/members/{user}", new { role = "viewer" })).Status);
        Assert.Equal(200, (await admin.DeleteAsync($"{led}/members/{user}")).Status);
        Assert.Equal(403, (await admin.PutAsync($"{seen}/members/{user}", new { role = "admin" })).Status);
        Assert.Equal(403, (await admin.DeleteAsync($"{seen}/members/{user}")).Status);
        Assert.Equal(404, (await admin.PutAsync($"{unseen}/members/{self}", new { role = "admin" })).Status);
        Assert.Equal(403, (await admin.PostAsync("/api/v1/communities", new { name = "Mine" })).Status);
        Assert.Equal(403, (await admin.PatchAsync(led, new { name = "Mine" })).Status);
        Assert.Equal(403, (await admin.DeleteAsync(led)).Status);
        Assert.Equal(403, (await other.PutAsync($"{seen}/members/{user}", new { role = "admin" })).Status);
    }

    [Theory]
    [InlineData("GET", "/api/v1/communities/{community}")]
    [InlineData("PATCH", "/api/v1/communities/{community}")]
    [InlineData("DELETE", "/api/v1/communities/{community}")]
    [InlineData("GET", "/api/v1/communities/{community}/entities")]
    [InlineData("POST", "/api/v1/communities/{community}/entities")]
    [InlineData("GET", "/api/v1/entities/{entity}")]
    [InlineData("PATCH", "/api/v1/entities/{entity}")]
    [InlineData("DELETE", "/api/v1/entities/{entity}")]
    [InlineData("GET", "/api/v1/communities/{community}/members")]
    [InlineData("GET", "/api/v1/communities/{community}/members/{user}")]
    [InlineData("PUT", "/api/v1/communities/{community}/members/{user}")]
    [InlineData("DELETE", "/api/v1/communities/{community}/members/{user}")]
    public async Task Places_of_other_tenants_are_unknown(string method, string path)
    {
        var (owner, stranger) = (await host.RegisterAsync("Owner"), await host.RegisterAsync("Stranger"));
        var user = (await owner.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();
        var target = path.Replace("{community}", $"{owner.Community}", StringComparison.Ordinal)
            .Replace("{entity}", $"{owner.Entity}", StringComparison.Ordinal)
            .Replace("{user}", $"{user}", StringComparison.Ordinal);

        Assert.Equal(404, (await SendAsync(stranger, method, target)).Status);
        Assert.Equal(
            404,
            (
                await SendAsync(
                    stranger,
                    method,
                    target
                        .Replace($"{owner.Community}", "nonsense", StringComparison.Ordinal)
                        .Replace($"{owner.Entity}", "0", StringComparison.Ordinal)
                )
            ).Status
        );
        Assert.Equal(["General"], Names(await owner.GetAsync("/api/v1/communities")));
        Assert.Equal("Web chat", (await owner.GetAsync($"/api/v1/entities/{owner.Entity}")).Data.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Strangers_can_not_be_put_into_a_community()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var user = (await stranger.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();

        Assert.Equal(
            (404, "member.not_found"),
            Refusal(await owner.PutAsync($"/api/v1/communities/{owner.Community}/members/{user}", new { role = "viewer" }))
        );
    }

    private static Task<Answer> SendAsync(Member member, string method, string path) =>
        method switch
        {
            "POST" => member.PostAsync(path, new { name = "Mine now" }),
            "PATCH" => member.PatchAsync(path, new { name = "Mine now" }),
            "PUT" => member.PutAsync(path, new { role = "viewer" }),
            "DELETE" => member.DeleteAsync(path),
            _ => member.GetAsync(path),
        };

    private static async Task<string> NewCommunityAsync(Member owner) =>
        $"/api/v1/communities/{Id(await owner.PostAsync("/api/v1/communities", new { name = "New" }), "community_id")}";

    private static long Id(Answer answer, string name) => answer.Data.GetProperty(name).GetInt64();

    private static (int Status, string Reason) Refusal(Answer answer) => (answer.Status, answer.Status < 400 ? "" : answer.Reason);

    private static IEnumerable<string?> Names(Answer list) =>
        list.Data.EnumerateArray().Select((JsonElement item) => item.GetProperty("name").GetString());
}
