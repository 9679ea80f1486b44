using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Automation.Events;

namespace SaaSFlows.Api.Tests;

/// <summary>Events are kept, versioned, streamed and replayed.</summary>
public sealed class EventLogTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_aggregates_events_are_kept_in_order_with_its_versions()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        var first = await member.PostAsync(
            "/events",
            new
            {
                aggregate_id = aggregate,
                aggregate_type = "order",
                event_type = "order.placed",
                data = new { total = 7 },
                metadata = new { source = "shop" },
                expected_version = 0,
            }
        );
        var second = await AppendAsync(member, aggregate, "order.paid", 1);
        await AppendAsync(member, NewId(), "order.placed");

        Assert.Equal((202, 1L), (first.Status, first.Data.GetProperty("version").GetInt64()));
        Assert.Equal((202, 2L, 2L), (second.Status, second.Data.GetProperty("version").GetInt64(), second.Data.GetProperty("sequence").GetInt64()));
        var list = await member.GetAsync($"/api/v1/events/{aggregate}");
        Assert.Equal(["order.placed", "order.paid"], list.Data.EnumerateArray().Select(one => one.GetProperty("event_type").GetString()));
        var stored = list.Data[0];
        Assert.Equal(
            ("order", 7, "shop"),
            (
                stored.GetProperty("aggregate_type").GetString(),
                stored.GetProperty("data").GetProperty("total").GetInt32(),
                stored.GetProperty("metadata").GetProperty("source").GetString()
            )
        );
        Assert.Equal(member.Id, stored.GetProperty("published_by").GetGuid());
        var page = await member.GetAsync($"/api/v1/events/{aggregate}?page=2&per_page=1");
        Assert.Equal(2, Assert.Single(page.Data.EnumerateArray()).GetProperty("version").GetInt64());
        Assert.Empty((await member.GetAsync($"/api/v1/events/{aggregate}?event_type=order.sent")).Data.EnumerateArray());
        Assert.Equal(
            (404, "aggregate.not_found"),
            await member.GetAsync($"/api/v1/events/{NewId()}") is { } none ? (none.Status, none.Reason) : default
        );
    }

    [Fact]
    public async Task Of_fifty_appends_that_expect_one_version_one_wins()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        await AppendAsync(member, aggregate, "a", 0);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AppendAsync(member, aggregate, "b", 1)));

        Assert.Equal(2, Assert.Single(answers, answer => answer.Status == 202).Data.GetProperty("version").GetInt64());
        Assert.All(
            answers.Where(answer => answer.Status != 202),
            answer =>
            {
                Assert.Equal((409, "event.version_differs"), (answer.Status, answer.Reason));
                Assert.Equal(
                    (1, 2),
                    (answer.Details.GetProperty("expected_version").GetInt32(), answer.Details.GetProperty("current_version").GetInt32())
                );
            }
        );
        Assert.Equal(2, (await member.GetAsync($"/api/v1/events/{aggregate}")).Data.GetArrayLength());
    }

    [Fact]
    public async Task Fifty_appends_without_an_expectation_get_fifty_versions_and_numbers_without_a_gap()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AppendAsync(member, aggregate, "a")));

        Assert.Equal(
            Enumerable.Range(1, 50).Select(number => (long)number),
            answers.Select(answer => answer.Data.GetProperty("version").GetInt64()).Order()
        );
        Assert.Equal(
            Enumerable.Range(1, 50).Select(number => (long)number),
            answers.Select(answer => answer.Data.GetProperty("sequence").GetInt64()).Order()
        );
    }

    [Fact]
    public async Task A_repeated_delivery_is_stored_once_and_its_expectation_holds_still()
    {
        var member = await host.RegisterAsync();
        member.Http.DefaultRequestHeaders.Add("Idempotency-Key", "k-1");
        var aggregate = NewId();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AppendAsync(member, aggregate, "a", 0)));

        Assert.All(answers, answer => Assert.Equal((202, 1L), (answer.Status, answer.Data.GetProperty("version").GetInt64())));
        Assert.Single((await member.GetAsync($"/api/v1/events/{aggregate}")).Data.EnumerateArray());
    }

    [Theory]
    [InlineData("""{"event_type":"a","expected_version":1}""", "expected_version")]
    [InlineData("""{"event_type":"a","aggregate_id":"x","expected_version":-1}""", "expected_version")]
    [InlineData("""{"event_type":"a","aggregate_id":""}""", "aggregate_id")]
    public async Task A_senseless_expectation_is_refused(string body, string field)
    {
        var answer = await (await host.RegisterAsync()).PostRawAsync("/api/v1/events", body);

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    [Fact]
    public async Task The_stream_tells_what_comes_and_goes_on_after_any_event()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        foreach (var type in new[] { "a", "b", "c" })
        {
            await AppendAsync(member, aggregate, type);
        }

        Assert.Equal(["1a", "2b", "3c"], await ReadAsync(member, "last_event_id=0", 3));
        Assert.Equal(["3c"], await ReadAsync(member, "event_type=c", 1, lastEventId: "1"));
        Assert.Equal(400, (int)(await member.Http.GetAsync("/api/v1/events/stream?last_event_id=x", Ct)).StatusCode);

        // A first connection: nothing of before.
        using var response = await OpenAsync(member, $"aggregate_id={aggregate}", null);
        await AppendAsync(member, NewId(), "elsewhere");
        await AppendAsync(member, aggregate, "d");
        Assert.Equal(["5d"], await TakeAsync(response, 1));
    }

    [Fact]
    public async Task Events_of_another_tenant_or_community_are_seen_by_nobody_else()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var other = (await owner.PostAsync("/api/v1/communities", new { name = "Elsewhere" })).Data.GetProperty("community_id").GetInt64();
        var elsewhere = await host.InviteAsync(owner with { Community = other }, "editor");
        var (mine, theirs, all) = (NewId(), NewId(), NewId());
        await owner.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = "a",
                aggregate_id = mine,
                community_id = owner.Community,
            }
        );
        await owner.PostAsync("/api/v1/events", new { event_type = "a", aggregate_id = all });
        // Who acts in one community only publishes there.
        Assert.Equal(202, (await elsewhere.PostAsync("/api/v1/events", new { event_type = "b", aggregate_id = theirs })).Status);

        Assert.Equal((404, 200, 200), (await StatusAsync(elsewhere, mine), await StatusAsync(elsewhere, theirs), await StatusAsync(elsewhere, all)));
        Assert.Equal((404, 404, 404), (await StatusAsync(stranger, mine), await StatusAsync(stranger, theirs), await StatusAsync(stranger, all)));
        Assert.Equal(other, (await owner.GetAsync($"/api/v1/events/{theirs}")).Data[0].GetProperty("community_id").GetInt64());
        Assert.Equal(["2a", "3b"], await ReadAsync(elsewhere, "last_event_id=0", 2));
        // The same id in another community is another aggregate.
        Assert.Equal(1, (
                await elsewhere.PostAsync(
                    "/api/v1/events",
                    new
                    {
                        event_type = "b",
                        aggregate_id = mine,
                        expected_version = 0,
                    }
                )
            ).Data.GetProperty("version").GetInt64());
        Assert.Equal(404, (await elsewhere.PostAsync("/api/v1/events", new { event_type = "b", community_id = owner.Community })).Status);
        Assert.Equal(400, (await owner.GetAsync($"/api/v1/events/{mine}/projection")).Status);
        Assert.Equal(200, (await owner.GetAsync($"/api/v1/events/{mine}/projection?community_id={other}")).Status);
    }

    [Fact]
    public async Task A_projection_is_what_the_events_come_to_at_any_version()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        foreach (
            var data in new object?[]
            {
                new { status = "placed", address = new { city = "Bern", zip = 1 } },
                null,
                new { status = "paid", address = new { zip = (int?)null } },
            }
        )
        {
            await member.PostAsync(
                "/api/v1/events",
                new
                {
                    event_type = "a",
                    aggregate_id = aggregate,
                    data,
                }
            );
        }

        await member.PostRawAsync("/api/v1/events", $$$"""{"event_type":"a","aggregate_id":"{{{aggregate}}}","data":{"note":2}}""");

        var now = (await member.GetAsync($"/api/v1/events/{aggregate}/projection")).Data;
        Assert.Equal("""{"status":"paid","address":{"city":"Bern"},"note":2}""", now.GetProperty("state").GetRawText());
        Assert.Equal(
            (4, 4, true),
            (now.GetProperty("version").GetInt32(), now.GetProperty("events").GetInt32(), now.GetProperty("complete").GetBoolean())
        );
        var then = (await member.GetAsync($"/api/v1/events/{aggregate}/projection?version=1")).Data;
        Assert.Equal("""{"status":"placed","address":{"city":"Bern","zip":1}}""", then.GetProperty("state").GetRawText());
    }

    [Fact]
    public async Task A_replay_starts_the_workflow_with_each_event_that_fits_once_per_key()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        foreach (var type in new[] { "order.paid", "order.sent", "order.paid" })
        {
            await AppendAsync(member, aggregate, type);
        }

        var workflow = await member.PublishAsync(
            new
            {
                on = Graphs.Node("trigger_event", new { event_type = "order.paid" }),
                end = Graphs.Node("flow_end", new { output_data = "{{input.aggregate_id}}" }),
            },
            new[] { Graphs.Line("on", "end") },
            "Recount"
        );
        member.Http.DefaultRequestHeaders.Add("Idempotency-Key", "again-1");
        var path = $"/api/v1/events/{aggregate}/replay";

        var first = await member.PostAsync(path, new { workflow = "recount", limit = 2 });
        var rest = await member.PostAsync(path, new { workflow = $"{workflow}", from_version = first.Data.GetProperty("next_version").GetInt64() });
        var again = await member.PostAsync(path, new { workflow = "Recount" });

        Assert.Equal((202, 1, 3L), (first.Status, first.Data.GetProperty("skipped").GetInt32(), first.Data.GetProperty("next_version").GetInt64()));
        Assert.Equal(JsonValueKind.Null, rest.Data.GetProperty("next_version").ValueKind);
        var started = first
            .Data.GetProperty("started")
            .EnumerateArray()
            .Concat(rest.Data.GetProperty("started").EnumerateArray())
            .Select(one => one.GetProperty("execution_id").GetGuid())
            .ToList();
        Assert.Equal(started, again.Data.GetProperty("started").EnumerateArray().Select(one => one.GetProperty("execution_id").GetGuid()));
        Assert.Equal(2, (await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.GetArrayLength());
        Assert.Equal(aggregate, (await member.EndedAsync(started[0])).GetProperty("final_output").GetString());
        Assert.Equal(404, (await member.PostAsync(path, new { workflow = "nobody" })).Status);
        Assert.Equal(400, (await member.PostAsync(path, new { workflow = "recount", limit = 101 })).Status);
        await member.PostAsync($"/api/v1/workflows/{workflow}/pause");
        member.Http.DefaultRequestHeaders.Remove("Idempotency-Key");
        var refused = (await member.PostAsync(path, new { workflow = "recount", from_version = 2 })).Data;
        Assert.Equal(
            ("workflow.paused", 3),
            (refused.GetProperty("refused").GetProperty("reason").GetString(), refused.GetProperty("next_version").GetInt32())
        );
    }

    [Fact]
    public async Task Retention_forgets_old_events_and_keeps_versions()
    {
        var member = await host.RegisterAsync();
        var aggregate = NewId();
        await AppendAsync(member, aggregate, "a");
        await AppendAsync(member, aggregate, "b");
        await host.CountAsync(
            "with old as (update automation.events set published_at = now() - interval '91 days' where aggregate_id = $1 and version = 1 "
                + "returning 1) select count(*) from old",
            aggregate
        );

        Assert.True(await host.Services.GetRequiredService<EventRetention>().PassAsync(Ct) >= 1);

        Assert.Equal(
            "b",
            Assert.Single((await member.GetAsync($"/api/v1/events/{aggregate}")).Data.EnumerateArray()).GetProperty("event_type").GetString()
        );
        Assert.False((await member.GetAsync($"/api/v1/events/{aggregate}/projection")).Data.GetProperty("complete").GetBoolean());
        Assert.Equal(3, (await AppendAsync(member, aggregate, "c", 2)).Data.GetProperty("version").GetInt64());
    }

    private static string NewId() => $"{Guid.NewGuid():N}";

    private static async Task<int> StatusAsync(Member member, string aggregate) => (await member.GetAsync($"/api/v1/events/{aggregate}")).Status;

    private static Task<Answer> AppendAsync(Member member, string aggregate, string type, long? expected = null) =>
        member.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = type,
                aggregate_id = aggregate,
                aggregate_type = "order",
                expected_version = expected,
            }
        );

    private static async Task<IReadOnlyList<string>> ReadAsync(Member member, string query, int count, string? lastEventId = null)
    {
        using var response = await OpenAsync(member, query, lastEventId);
        return await TakeAsync(response, count);
    }

    private static async Task<HttpResponseMessage> OpenAsync(Member member, string query, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/events/stream?{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return await member.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    // Number and type of each.
    private static async Task<IReadOnlyList<string>> TakeAsync(HttpResponseMessage response, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        var parser = SseParser.Create(await response.Content.ReadAsStreamAsync(limit.Token));
        var seen = new List<string>();
        await foreach (var item in parser.EnumerateAsync(limit.Token))
        {
            Assert.Equal("event", item.EventType);
            seen.Add($"{item.EventId}{JsonElement.Parse(item.Data).GetProperty("event_type").GetString()}");
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
