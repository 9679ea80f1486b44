using System.Globalization;
using System.Text;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Each webhook takes so many deliveries in its window. What races decide is in the tests of the accept statement.</summary>
public sealed class WebhookRateTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_hundred_deliveries_at_once_sixty_are_taken_and_the_others_told_when_to_come_again()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var hook = await member.WebhookAsync(id);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => member.PostRawAsync(hook, "{}")));

        var (taken, refused) = (answers.Where(answer => answer.Status == 200).ToList(), answers.Where(answer => answer.Status != 200).ToList());
        Assert.Equal(60, taken.Count);
        Assert.Equal(Enumerable.Range(0, 60), taken.Select(answer => (int)Number(answer, "X-RateLimit-Remaining")).Order());
        Assert.All(answers, answer => Assert.Equal(60L, Number(answer, "X-RateLimit-Limit")));
        Assert.All(answers, answer => Assert.InRange(Number(answer, "X-RateLimit-Reset") - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 30, 62));
        Assert.All(
            refused,
            answer =>
                Assert.Equal(
                    (429, "RATE_LIMIT_EXCEEDED", "webhook.rate_limited", 0L),
                    (answer.Status, answer.Code, answer.Reason, Number(answer, "X-RateLimit-Remaining"))
                )
        );
        Assert.All(refused, answer => Assert.InRange(Number(answer, "Retry-After"), 30, 62));

        var listed = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0];
        Assert.Equal(
            (60, 60, 60),
            (
                listed.GetProperty("trigger_count").GetInt32(),
                listed.GetProperty("rate_limit_max").GetInt32(),
                listed.GetProperty("rate_limit_window").GetInt32()
            )
        );
        Assert.InRange(listed.GetProperty("last_triggered_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.Equal(
            60,
            (await member.GetAsync($"/api/v1/workflows/{id}/executions?community_id={member.Community}"))
                .Json.GetProperty("meta")
                .GetProperty("pagination")
                .GetProperty("total")
                .GetInt32()
        );
    }

    [Fact]
    public async Task A_window_slides_on_and_a_higher_limit_is_heeded()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var made = (
            await member.PostAsync(
                $"/api/v1/workflows/{id}/webhooks",
                new
                {
                    name = "Two a second",
                    rate_limit_max = 2,
                    rate_limit_window = 1,
                }
            )
        ).Data;
        var hook = $"/api/v1/workflows/webhooks/{made.GetProperty("token").GetString()}";
        Assert.Equal((2, 1), (made.GetProperty("rate_limit_max").GetInt32(), made.GetProperty("rate_limit_window").GetInt32()));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => member.PostRawAsync(hook, "{}")));
        await Eventually.True(async () => (await member.PostRawAsync(hook, "{}")).Status == 200, TimeSpan.FromSeconds(10), Ct);

        await member.PutAsync(
            $"/api/v1/workflows/{id}/webhooks/{made.GetProperty("webhook_id").GetGuid()}",
            new { rate_limit_max = 1, rate_limit_window = 86_400 }
        );
        await Eventually.True(async () => (await member.PostRawAsync(hook, "{}")).Status == 429, TimeSpan.FromSeconds(10), Ct);
        await member.PutAsync($"/api/v1/workflows/{id}/webhooks/{made.GetProperty("webhook_id").GetGuid()}", new { rate_limit_max = 100 });
        await Eventually.True(async () => (await member.PostRawAsync(hook, "{}")).Status == 200, TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task A_seen_event_is_answered_with_its_execution_by_a_full_webhook()
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var made = (await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new { name = "One", rate_limit_max = 1 })).Data;
        var hook = $"/api/v1/workflows/webhooks/{made.GetProperty("token").GetString()}";

        var first = await DeliverAsync(member, hook, "one");
        Assert.Equal(429, (await member.PostRawAsync(hook, "{}")).Status);
        var again = await DeliverAsync(member, hook, "one");
        Assert.Equal(
            (200, first.Data.GetProperty("execution_id").GetGuid(), 0L),
            (again.Status, again.Data.GetProperty("execution_id").GetGuid(), Number(again, "X-RateLimit-Remaining"))
        );
        Assert.Equal(429, (await DeliverAsync(member, hook, "two")).Status);
    }

    [Theory]
    [InlineData("rate_limit_max", 0, "must be 1 to 1000000000.")]
    [InlineData("rate_limit_max", 1_000_000_001, "must be 1 to 1000000000.")]
    [InlineData("rate_limit_window", 0, "must be 1 to 86400 (seconds).")]
    [InlineData("rate_limit_window", 86_401, "must be 1 to 86400 (seconds).")]
    public async Task A_limit_out_of_bounds_is_refused_with_the_bounds(string field, int value, string problem)
    {
        var member = await host.RegisterAsync();
        var id = await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
        var webhook = (await member.GetAsync($"/api/v1/workflows/{id}/webhooks")).Data[0].GetProperty("webhook_id").GetGuid();
        var made = await member.PostAsync($"/api/v1/workflows/{id}/webhooks", new Dictionary<string, object> { ["name"] = "Door", [field] = value });
        var changed = await member.PutAsync($"/api/v1/workflows/{id}/webhooks/{webhook}", new Dictionary<string, object> { [field] = value });

        Assert.All(
            [made, changed],
            answer => Assert.Equal((400, problem), (answer.Status, answer.Details.GetProperty("errors").GetProperty(field)[0].GetString()))
        );
    }

    private static long Number(Answer answer, string header) =>
        long.Parse(Assert.Single(answer.Response.Headers.GetValues(header)), CultureInfo.InvariantCulture);

    private static async Task<Answer> DeliverAsync(Member member, string hook, string eventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hook) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", eventId);
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }
}
