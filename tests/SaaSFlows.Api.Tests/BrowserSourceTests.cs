using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>The page of an entity that streaming software lays over its picture, and the activity that shows something there.</summary>
public sealed class BrowserSourceTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_workflow_shows_comes_to_the_page_in_order_and_once()
    {
        var member = await host.RegisterAsync();
        var url = await MakeAsync(member);
        var workflow = await PublishAsync(
            member,
            new
            {
                source_type = "ticker",
                content_template = "Hello {{variables.name}} <b>",
                duration = 0,
                priority = 5,
            }
        );

        foreach (var name in new[] { "Ada", "Bob", "Eve" })
        {
            Assert.Equal("completed", (await member.EndedAsync(await member.StartAsync(workflow, new { name }))).GetProperty("status").GetString());
        }

        var seen = await ReadAsync(url, null, 3);
        Assert.Equal(["Hello Ada <b>", "Hello Bob <b>", "Hello Eve <b>"], seen.Select(one => one.GetProperty("content").GetString()));
        Assert.Equal(
            ("ticker", "display", 5, 0),
            (
                seen[0].GetProperty("source_type").GetString(),
                seen[0].GetProperty("action").GetString(),
                seen[0].GetProperty("priority").GetInt32(),
                seen[0].GetProperty("duration").GetInt32()
            )
        );
        Assert.Equal("Hello Eve <b>", Assert.Single(await ReadAsync(url, "2", 1)).GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_page_has_no_script_of_its_own_and_lets_none_in()
    {
        var url = await MakeAsync(await host.RegisterAsync());
        using var client = host.Anonymous();

        using var page = await client.GetAsync(url, Ct);
        var html = await page.Content.ReadAsStringAsync(Ct);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();

        Assert.Equal(("text/html", "no-referrer"), (page.Content.Headers.ContentType!.MediaType, page.Headers.GetValues("Referrer-Policy").Single()));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        // It is made to be laid over other pages.
        Assert.DoesNotContain("frame-ancestors", policy, StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?![^>]*src=)|<style|style=|on[a-z]+=|javascript:", html);
        var script = await client.GetStringAsync("/overlay/assets/overlay.js", Ct);
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(", script);
        Assert.Contains("#ticker", await client.GetStringAsync("/overlay/assets/overlay.css", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_address_ends_the_old_one_and_a_removed_page_is_gone()
    {
        var member = await host.RegisterAsync();
        using var client = host.Anonymous();
        var first = await MakeAsync(member);
        using var watching = await OpenAsync(first, null);

        var second = await MakeAsync(member);

        Assert.NotEqual(first, second);
        Assert.Empty(await TakeAsync(watching, int.MaxValue));
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.OK),
            ((await client.GetAsync(first, Ct)).StatusCode, (await client.GetAsync(second, Ct)).StatusCode)
        );
        var found = await member.GetAsync($"/api/v1/entities/{member.Entity}/browser-source");
        Assert.Equal((200, JsonValueKind.Null), (found.Status, found.Data.GetProperty("url").ValueKind));
        Assert.Equal(
            0,
            await host.CountAsync(
                "select count(*) from automation.browser_sources where encode(token_hash, 'escape') like '%' || $1 || '%'",
                second.Split('/')[^1]
            )
        );
        Assert.Equal(200, (await member.DeleteAsync($"/api/v1/entities/{member.Entity}/browser-source")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(second, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{second}/stream", Ct)).StatusCode);
        Assert.Equal(404, (await member.GetAsync($"/api/v1/entities/{member.Entity}/browser-source")).Status);
    }

    [Fact]
    public async Task Without_a_page_a_bad_address_or_an_empty_text_the_node_fails()
    {
        var member = await host.RegisterAsync();
        Assert.Equal("browser_source.none", await ErrorAsync(member, new { content_template = "Hello" }));

        await MakeAsync(member);

        Assert.Equal("browser_source.bad_address", await ErrorAsync(member, new { source_type = "media", content_template = "javascript:alert(1)" }));
        Assert.Equal("browser_source.bad_content", await ErrorAsync(member, new { content_template = "{{variables.name}}" }));
        Assert.Null(await ErrorAsync(member, new { action = "clear" }));
    }

    [Fact]
    public async Task Nobody_makes_a_page_for_another_tenants_entity()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());

        Assert.Equal(404, (await stranger.PostAsync($"/api/v1/entities/{owner.Entity}/browser-source")).Status);
        Assert.Equal(403, (await (await host.InviteAsync(owner, "operator")).PostAsync($"/api/v1/entities/{owner.Entity}/browser-source")).Status);
    }

    [Fact]
    public async Task A_dry_run_shows_nothing()
    {
        var member = await host.RegisterAsync();
        await MakeAsync(member);
        var workflow = await PublishAsync(member, new { content_template = "Hello {{variables.name}}" });

        var tested = await member.PostAsync($"/api/v1/workflows/{workflow}/test", new { variables = new { name = "Ada" } });

        Assert.True(tested.Data.GetProperty("summary").GetProperty("passed").GetBoolean(), tested.Text);
        var would = tested
            .Data.GetProperty("trace")
            .EnumerateArray()
            .Single(entry => entry.GetProperty("node_id").GetString() == "show")
            .GetProperty("would");
        Assert.Equal(("Hello Ada", 10), (would.GetProperty("content").GetString(), would.GetProperty("duration").GetInt32()));
        Assert.Equal(0, await host.CountAsync("select count(*) from automation.browser_messages where tenant_id = $1", member.Tenant));
    }

    internal static async Task<string> MakeAsync(Member member)
    {
        var made = await member.PostAsync($"/api/v1/entities/{member.Entity}/browser-source");
        Assert.True(made.Status == 201, made.Text);
        return made.Data.GetProperty("url").GetString()!;
    }

    private static Task<Guid> PublishAsync(Member member, object config) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                show = Graphs.Node("action_browser_source", config),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "show"), Graphs.Line("show", "end", "success") }
        );

    private static async Task<string?> ErrorAsync(Member member, object config) =>
        (await member.EndedAsync(await member.StartAsync(await PublishAsync(member, config), new { name = " " })))
            .GetProperty("error_code")
            .GetString();

    private async Task<IReadOnlyList<JsonElement>> ReadAsync(string url, string? lastEventId, int count)
    {
        using var response = await OpenAsync(url, lastEventId);
        return await TakeAsync(response, count);
    }

    private async Task<HttpResponseMessage> OpenAsync(string url, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{url}/stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return await host.Anonymous().SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    private static async Task<IReadOnlyList<JsonElement>> TakeAsync(HttpResponseMessage response, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var seen = new List<JsonElement>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(limit.Token)).EnumerateAsync(limit.Token))
        {
            seen.Add(JsonElement.Parse(item.Data));
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
