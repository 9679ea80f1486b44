using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SaaSFlows.Api.Tests;

/// <summary>What a GET gave can be sent back; what can't be changed is refused where it differs.</summary>
public sealed class RoundTripTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_resource_takes_back_what_it_gave_and_refuses_other_values_of_fixed_fields()
    {
        var member = await host.RegisterAsync();
        var other = await host.InviteAsync(member, "editor");
        foreach (var (method, path, read, fixedField) in await ResourcesAsync(member, other))
        {
            var back = await SendAsync(member, method, path, await ShownAsync(member, read));
            Assert.True(back.Status == 200, $"{method} {path}: {back.Text}");

            var changed = await ShownAsync(member, read);
            changed[fixedField] = "2001-01-01T00:00:00Z";
            var refused = await SendAsync(member, method, path, changed);
            Assert.True(refused.Status == 400 && refused.Reason == "input.read_only", $"{method} {path}: {refused.Text}");
            Assert.Equal([fixedField], refused.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name));
        }
    }

    [Fact]
    public async Task What_is_saved_as_it_is_changes_nothing_of_what_is_published()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var published = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;

        Assert.Equal(200, (await member.PutAsync($"/api/v1/workflows/{id}", published)).Status);
        // As other programs write the same times.
        var elsewhere = JsonElement.Parse(published.GetRawText().Replace("Z\"", "+00:00\"", StringComparison.Ordinal));
        Assert.Equal(200, (await member.PutAsync($"/api/v1/workflows/{id}", elsewhere)).Status);
        var later = JsonElement.Parse(published.GetRawText().Replace("Z\"", "+01:00\"", StringComparison.Ordinal));
        Assert.Equal("input.read_only", (await member.PutAsync($"/api/v1/workflows/{id}", later)).Reason);

        var saved = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;
        Assert.False(saved.GetProperty("has_unpublished_changes").GetBoolean());
        Assert.Equal(published.GetProperty("revision").GetInt32(), saved.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_stale_copy_of_a_workflow_is_a_conflict_and_no_wrong_field()
    {
        var member = await host.RegisterAsync();
        var id = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var copy = (await member.GetAsync($"/api/v1/workflows/{id}")).Data;
        await member.PutAsync($"/api/v1/workflows/{id}", new { name = "Newer" });

        var stale = await member.PutAsync($"/api/v1/workflows/{id}", copy);
        Assert.Equal((409, "workflow.stale"), (stale.Status, stale.Reason));
    }

    [Fact]
    public async Task Counters_of_a_webhook_are_taken_back_although_they_have_moved()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Result.Nodes, Graphs.Result.Connections);
        var shown = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0];
        await member.PostRawAsync(await member.WebhookAsync(id), "{}");

        var back = await member.PutAsync($"/api/v1/workflows/{id}/webhooks/{shown.GetProperty("webhook_id").GetGuid()}", shown);
        Assert.True(back.Status == 200, back.Text);
    }

    [Fact]
    public async Task A_community_that_is_not_the_workflow_s_is_refused_wherever_it_is_named()
    {
        var member = await host.RegisterAsync();
        var wrong = (await member.PostAsync("/api/v1/communities", new { name = "Other" })).Data.GetProperty("community_id").GetInt64();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0].GetProperty("webhook_id").GetGuid();
        var draft = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var execution = await member.StartAsync(await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections));
        foreach (var community in new[] { wrong, 1L })
        {
            foreach (
                var refused in new[]
                {
                    await member.GetAsync($"/api/v1/workflows/{id}?community_id={community}"),
                    await member.GetAsync($"/api/v1/workflows/{id}/executions?community_id={community}"),
                    await member.PostAsync($"/api/v1/workflows/{id}/pause", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/resume", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/restore", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/validate", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{execution}/cancel", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{draft}/publish", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/publish", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/execute", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/test", new { community_id = community }),
                    await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "x", community_id = community }),
                    await member.PutAsync($"/api/v1/workflows/{id}/webhooks/{webhook}", new { name = "x", community_id = community }),
                }
            )
            {
                Assert.True(refused.Status == 400 && refused.Reason == "workflow.other_community", refused.Text);
            }
        }

        Assert.Equal("input.read_only", (await member.PutAsync($"/api/v1/workflows/{id}", new { community_id = wrong })).Reason);
        Assert.Equal(404, (await (await host.RegisterAsync()).PostAsync($"/api/v1/workflows/{id}/execute", new { community_id = wrong })).Status);
    }

    // How it is changed, where it is shown (#n: the n-th of a list), and a field that can't be changed.
    private static async Task<(string Method, string Path, string Shown, string Fixed)[]> ResourcesAsync(Member member, Member other)
    {
        var workflow = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await member.GetAsync($"/api/v1/workflows/{workflow}/webhooks")).Data[0].GetProperty("webhook_id").GetGuid();
        var role = (await member.PostAsync("/api/v1/roles", new { name = "Reader", permissions = new[] { "read:workflows" } }))
            .Data.GetProperty("role")
            .GetString();
        var account = (await member.PostAsync("/api/v1/service-accounts", new { name = "Robot", role = "viewer" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var client = (await member.PostAsync("/api/v1/oauth-clients", new { name = "App", redirect_uris = new[] { "https://app.example.com/cb" } }))
            .Data.GetProperty("client_id")
            .GetGuid();
        var issuer = await member.PostAsync(
            "/api/v1/trusted-issuers",
            new
            {
                name = "Id",
                issuer = "https://id.example.com",
                audience = "us",
                permissions = new[] { "read:workflows" },
            }
        );
        await member.PutAsync($"/api/v1/communities/{member.Community}/members/{other.Id}", new { role = "editor" });
        var (v1, permissions) = ($"/api/v1/workflows/{workflow}", $"/api/v1/workflows/{workflow}/permissions");
        (string Method, string Path, string Shown, string Fixed)[] all =
        [
            ("PUT", v1, v1, "created_at"),
            ("PUT", $"/api/workflows/{workflow}", $"/api/workflows/{workflow}", "published_at"),
            ("PUT", $"{v1}/webhooks/{webhook}", $"{v1}/webhooks#0", "token"),
            ("PUT", permissions, permissions, "workflow_id"),
            (
                "PUT",
                $"/api/v1/communities/{member.Community}/members/{other.Id}",
                $"/api/v1/communities/{member.Community}/members/{other.Id}",
                "email"
            ),
            ("PATCH", $"/api/v1/roles/{role}", "/api/v1/roles#5", "built_in"),
            ("PATCH", $"/api/v1/members/{other.Id}", $"/api/v1/members/{other.Id}", "username"),
            ("PATCH", $"/api/v1/service-accounts/{account}", $"/api/v1/service-accounts/{account}", "created_at"),
            ("PATCH", $"/api/v1/oauth-clients/{client}", $"/api/v1/oauth-clients/{client}", "public"),
            (
                "PATCH",
                $"/api/v1/trusted-issuers/{issuer.Data.GetProperty("trusted_issuer_id").GetGuid()}",
                $"/api/v1/trusted-issuers/{issuer.Data.GetProperty("trusted_issuer_id").GetGuid()}",
                "updated_at"
            ),
            ("PATCH", "/api/v1/tenant", "/api/v1/tenant", "status"),
            ("PATCH", $"/api/v1/communities/{member.Community}", $"/api/v1/communities/{member.Community}", "created_at"),
            ("PATCH", $"/api/v1/entities/{member.Entity}", $"/api/v1/entities/{member.Entity}", "kind"),
        ];
        return all;
    }

    private static async Task<JsonNode> ShownAsync(Member member, string read)
    {
        var given = (await member.GetAsync(read.Split('#')[0])).Json;
        var shown = given.TryGetProperty("data", out var data) ? data : given;
        return JsonNode.Parse((read.Split('#') is [_, var index] ? shown[int.Parse(index, CultureInfo.InvariantCulture)] : shown).GetRawText())!;
    }

    private static async Task<Answer> SendAsync(Member member, string method, string path, JsonNode body)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = JsonContent.Create(JsonElement.Parse(body.ToJsonString())) };
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }
}
