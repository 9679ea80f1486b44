using System.Text.Json;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

/// <summary>Thirty at once do the same thing, or what excludes each other: some are told so, and nothing breaks.</summary>
public sealed class ParallelWriteTests(RacingHost host) : IClassFixture<RacingHost>
{
    private const int Times = 30;

    public static TheoryData<string> Routes => [.. AuditRouteTests.Writing.Keys, .. SilentRoutes.Uses.Keys];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Thirty_at_once_are_done_or_refused(string route)
    {
        var race = new Race(route, Times);
        // Else thirty people would be made, one of whom owns the tenant.
        var me = route.EndsWith("/register", StringComparison.Ordinal) ? null : await host.RegisterAsync();
        Race.Current.Value = race;
        me ??= await host.RegisterAsync();

        await (AuditRouteTests.Writing.TryGetValue(route, out var writing) ? writing.Use : SilentRoutes.Uses[route])(host, me);

        Assert.NotEmpty(race.Answers);
        // So many dry runs of one tenant may have to wait too long for their turn.
        Assert.All(
            race.Answers,
            answer => Assert.True(answer.Key < 500 || answer.Value.Contains("dry_run.busy", StringComparison.Ordinal), answer.Value)
        );
        Assert.Contains(race.Answers.Keys, status => status < 400);
    }

    [Fact]
    public async Task Of_forty_five_publishes_each_is_done_or_told_to_reload()
    {
        var owner = await host.RegisterAsync();
        var workflow = await owner.CreateAsync(Webhook.Nodes, Webhook.Connections);

        var answers = await Task.WhenAll(Enumerable.Range(0, 45).Select(_ => owner.PostAsync($"/api/v1/workflows/{workflow}/publish")));

        Assert.All(answers, answer => Assert.True(answer.Status == 200 || (answer.Status == 409 && answer.Reason == "workflow.stale"), answer.Text));
        var version = (await owner.GetAsync($"/api/v1/workflows/{workflow}")).Data.GetProperty("published_version").GetInt32();
        Assert.Equal(answers.Count(answer => answer.Status == 200), version);
        Assert.Equal(1, (await owner.GetAsync($"/api/v1/workflows/{workflow}/webhooks")).Data.GetArrayLength());
    }

    /// <summary>What is made under something, while that is removed.</summary>
    [Theory]
    [InlineData("entity in community")]
    [InlineData("member in community")]
    [InlineData("share with community")]
    [InlineData("invitation to community")]
    [InlineData("key for community")]
    [InlineData("member with role")]
    [InlineData("grant for member")]
    [InlineData("webhook of workflow")]
    [InlineData("browser source of entity")]
    [InlineData("message in entity")]
    [InlineData("key of service account")]
    [InlineData("client of service account")]
    [InlineData("secret of client")]
    [InlineData("subject of member")]
    public async Task What_is_made_while_its_place_is_removed_is_kept_or_refused(string what)
    {
        var owner = await host.RegisterAsync();
        for (var round = 0; round < 3; round++)
        {
            var (make, remove) = await PairAsync(what, owner);
            var answers = await Task.WhenAll([.. Enumerable.Range(0, 10).Select(make), remove(), .. Enumerable.Range(10, 10).Select(make)]);

            Assert.All(answers, answer => Assert.True(answer.Status < 500, answer.Text));
        }
    }

    private async Task<(Func<int, Task<Answer>> Make, Func<Task<Answer>> Remove)> PairAsync(string what, Member owner)
    {
        var community = (await owner.PostAsync("/api/v1/communities", new { name = "Short" })).Data.GetProperty("community_id").GetInt64();
        var member = await host.InviteAsync(owner, "viewer");
        Func<Task<Answer>> noCommunity = () => owner.DeleteAsync($"/api/v1/communities/{community}");
        Func<Task<Answer>> noMember = () => owner.DeleteAsync($"/api/v1/members/{member.Id}");
        switch (what)
        {
            case "entity in community":
                return (i => owner.PostAsync($"/api/v1/communities/{community}/entities", new { name = $"Room {i}" }), noCommunity);
            case "member in community":
                return (_ => owner.PutAsync($"/api/v1/communities/{community}/members/{member.Id}", new { role = "editor" }), noCommunity);
            case "share with community":
                var shared = await owner.CreateAsync(Echo.Nodes, Echo.Connections);
                return (_ => owner.PutAsync($"/api/v1/workflows/{shared}/shares", new { communities = new[] { community } }), noCommunity);
            case "invitation to community":
                return (
                    i =>
                        owner.PostAsync(
                            "/api/v1/invitations",
                            new
                            {
                                email = $"guest{i}@example.com",
                                role = "viewer",
                                communities = new[] { new { community_id = community, role = "viewer" } },
                            }
                        ),
                    noCommunity
                );
            case "key for community":
                return (_ => owner.PostAsync("/api/v1/api-keys", new { name = "Key", community_ids = new[] { community } }), noCommunity);
            case "member with role":
                var role = (await owner.PostAsync("/api/v1/roles", new { name = $"Helper {community}" })).Data.GetProperty("role").GetString();
                return (_ => owner.PatchAsync($"/api/v1/members/{member.Id}", new { role }), () => owner.DeleteAsync($"/api/v1/roles/{role}"));
            case "grant for member":
                var restricted = await owner.CreateAsync(Echo.Nodes, Echo.Connections);
                return (
                    _ =>
                        owner.PutAsync(
                            $"/api/v1/workflows/{restricted}/permissions",
                            new { grants = new[] { new { user_id = member.Id, can_view = true } } }
                        ),
                    noMember
                );
            case "webhook of workflow":
                var open = await owner.CreateAsync(Webhook.Nodes, Webhook.Connections);
                return (
                    _ => owner.PostAsync($"/api/v1/workflows/{open}/webhooks", new { name = "Door" }),
                    () => owner.DeleteAsync($"/api/v1/workflows/{open}")
                );
            case "browser source of entity":
                var page = await RoomAsync(owner, community);
                return (_ => owner.PostAsync($"/api/v1/entities/{page}/browser-source"), () => owner.DeleteAsync($"/api/v1/entities/{page}"));
            case "message in entity":
                var room = await RoomAsync(owner, community);
                return (
                    _ => owner.PostAsync($"/api/v1/chat/{room}/messages", new { message = "Hello" }),
                    () => owner.DeleteAsync($"/api/v1/entities/{room}")
                );
            case "subject of member":
                var subjects = new[] { new { subject = "ada", user_id = member.Id } };
                return (
                    i =>
                        owner.PostAsync(
                            "/api/v1/trusted-issuers",
                            new
                            {
                                name = "Ours",
                                issuer = $"https://{i}-{community}.example.com",
                                audience = "x",
                                permissions = new[] { "read:logs" },
                                subjects,
                            }
                        ),
                    noMember
                );
            case "secret of client":
                var client = (await OpenIdApp.RegisterAsync(host, owner)).Id;
                return (_ => owner.PostAsync($"/api/v1/oauth-clients/{client}/secret"), () => owner.DeleteAsync($"/api/v1/oauth-clients/{client}"));
            default:
                var account = (await owner.PostAsync("/api/v1/service-accounts", new { name = "Bot", role = "viewer" }))
                    .Data.GetProperty("user_id")
                    .GetGuid();
                return (
                    _ =>
                        what == "key of service account"
                            ? owner.PostAsync("/api/v1/api-keys", new { name = "Key", user_id = account })
                            : owner.PostAsync("/api/v1/oauth-clients", new { name = "App", service_account_id = account }),
                    () => owner.DeleteAsync($"/api/v1/service-accounts/{account}")
                );
        }
    }

    private static async Task<JsonElement> RoomAsync(Member owner, long community) =>
        (await owner.PostAsync($"/api/v1/communities/{community}/entities", new { name = "Room" })).Data.GetProperty("entity_id");
}
