using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Requests of one caller to one endpoint are limited, with a burst.</summary>
public sealed class RateLimitTests(RateLimitTests.Host host) : IClassFixture<RateLimitTests.Host>
{
    private const int Burst = 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_burst_passes_and_what_follows_is_told_when_to_come_again()
    {
        var owner = await host.RegisterAsync();

        // A token comes back every minute here.
        for (var left = Burst - 1; left >= 0; left--)
        {
            var passed = await owner.GetAsync("/api/v1/me");
            Assert.Equal((200, "10", $"{left}"), (passed.Status, Header(passed, "X-RateLimit-Limit"), Header(passed, "X-RateLimit-Remaining")));
        }

        var refused = await owner.GetAsync("/api/v1/me");
        Assert.Equal((429, "RATE_LIMIT_EXCEEDED", "rate.limited"), (refused.Status, refused.Code, refused.Reason));
        Assert.Equal(
            ("10", "0", "60"),
            (Header(refused, "X-RateLimit-Limit"), Header(refused, "X-RateLimit-Remaining"), Header(refused, "Retry-After"))
        );
        var reset = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Header(refused, "X-RateLimit-Reset"), CultureInfo.InvariantCulture));
        Assert.InRange(reset, DateTimeOffset.UtcNow.AddMinutes(Burst - 2), DateTimeOffset.UtcNow.AddMinutes(Burst + 1));

        // Another endpoint has its own, and so has another caller.
        var other = await owner.GetAsync("/api/v1/workflows");
        Assert.Equal((200, "200", "199"), (other.Status, Header(other, "X-RateLimit-Limit"), Header(other, "X-RateLimit-Remaining")));
        Assert.Equal(200, (await (await host.RegisterAsync()).GetAsync("/api/v1/me")).Status);
    }

    [Fact]
    public async Task A_hundred_workflows_are_imported_in_a_row_with_the_default_limits()
    {
        var owner = await host.RegisterAsync();
        for (var i = 0; i < 100; i++)
        {
            var imported = await owner.PostAsync("/api/v1/workflows/import", new { steps = Array.Empty<object>() });
            Assert.True(imported.Status == 201, imported.Json.GetRawText());
            Assert.Equal("200", Header(imported, "X-RateLimit-Limit"));
            Assert.InRange(int.Parse(Header(imported, "X-RateLimit-Remaining"), CultureInfo.InvariantCulture), 199 - i, 199);
        }
    }

    [Fact]
    public async Task What_was_used_up_comes_back()
    {
        var owner = await host.RegisterAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => owner.GetAsync("/api/v1/me/sessions")));

        await Eventually.True(async () => (await owner.GetAsync("/api/v1/me/sessions")).Status == 200, TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task A_race_lets_through_exactly_the_burst()
    {
        var owner = await host.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => owner.GetAsync("/api/v1/roles")));

        // A token comes back every minute here.
        Assert.Equal(Burst, answers.Count(answer => answer.Status == 200));
        Assert.Equal(100 - Burst, answers.Count(answer => answer.Status == 429));
    }

    [Fact]
    public async Task Work_in_the_studio_has_a_higher_limit()
    {
        using var client = host.Anonymous();
        var answer = await client.PostAsJsonAsync(
            "/api/v1/auth/register",
            new
            {
                tenant_name = "Acme",
                email = $"{Guid.NewGuid():N}@example.com",
                password = Member.Password,
                cookie = true,
            },
            Ct
        );
        client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));

        var me = await Answer.FromAsync(await client.GetAsync("/api/v1/workflows", Ct));

        Assert.Equal((200, "300", "299"), (me.Status, Header(me, "X-RateLimit-Limit"), Header(me, "X-RateLimit-Remaining")));
    }

    [Fact]
    public async Task Strangers_are_limited_by_address_and_guessed_tokens_are_strangers()
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "guess");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(async _ => await Answer.FromAsync(await client.GetAsync("/api/v1/approvals", Ct)))
        );

        Assert.Equal(Burst, answers.Count(answer => answer.Status == 401));
        Assert.Equal(50 - Burst, answers.Count(answer => answer.Status == 429));
    }

    [Fact]
    public async Task Health_metrics_and_webhooks_are_not_limited_here()
    {
        var owner = await host.RegisterAsync();
        var webhook = await owner.WebhookAsync(await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        using var client = host.Anonymous();

        for (var i = 0; i < 3 * Burst; i++)
        {
            Assert.Equal(200, (int)(await client.GetAsync("/health", Ct)).StatusCode);
            Assert.Equal(200, (int)(await client.GetAsync("/metrics", Ct)).StatusCode);
            var delivered = await client.PostAsJsonAsync(webhook, new { i }, Ct);
            Assert.Equal(200, (int)delivered.StatusCode);
        }
    }

    [Fact]
    public async Task An_endpoint_may_have_a_limit_of_its_own()
    {
        var owner = await host.RegisterAsync();

        var answer = await owner.GetAsync("/api/v1/activities");

        Assert.Equal(("3", "2"), (Header(answer, "X-RateLimit-Limit"), Header(answer, "X-RateLimit-Remaining")));
    }

    [Fact]
    public async Task Refusals_are_counted()
    {
        var owner = await host.RegisterAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => owner.GetAsync("/api/v1/communities")));

        using var client = host.Anonymous();
        Assert.Contains(
            "saasflows_limits_hit_total{plan=\"standard\",limit=\"rate.limited\"}",
            await client.GetStringAsync("/metrics", Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_path_without_a_version_is_limited_and_says_so_in_its_own_way()
    {
        var owner = await host.RegisterAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 2 * Burst).Select(_ => owner.GetAsync("/api/workflows/trigger/none")));

        Assert.Equal(Burst, answers.Count(answer => answer.Status == 404));
        Assert.All(answers.Where(answer => answer.Status != 404), answer => Unversioned.BareErrorTests.Check(answer, 429, "RATE_LIMIT_EXCEEDED"));
    }

    private static string Header(Answer answer, string name) => answer.Response.Headers.GetValues(name).Single();

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [
                new("RateLimits:Enabled", "true"),
                new("RateLimits:Endpoints:GET /api/v1/activities:PerMinute", "30"),
                new("RateLimits:Endpoints:GET /api/v1/activities:Burst", "3"),
                // So that nothing comes back while a race runs.
                new("RateLimits:Endpoints:GET /api/v1/me:PerMinute", "1"),
                new("RateLimits:Endpoints:GET /api/v1/roles:PerMinute", "1"),
                new("RateLimits:Endpoints:GET /api/workflows/trigger/{name}:PerMinute", "1"),
                new("RateLimits:Endpoints:GET /api/v1/communities:PerMinute", "1"),
                new("RateLimits:Endpoints:GET /api/v1/me/sessions:Burst", "1"),
                new("RateLimits:Endpoints:GET /api/v1/approvals:PerMinute", "1"),
                new("RateLimits:Endpoints:POST /api/v1/auth/register:Burst", "100"),
            ];
    }
}
