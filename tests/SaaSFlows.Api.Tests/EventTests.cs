using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Automation.Events;

namespace SaaSFlows.Api.Tests;

public sealed class EventTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_starts_every_workflow_whose_trigger_it_fits_and_no_other()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var paid = await PublishAsync(member, new { event_type = "order.paid" });
        var large = await PublishAsync(member, new { event_type = "order.paid", event_filters = new { size = "large" } });
        await PublishAsync(member, new { event_type = "order.paid", platforms = new[] { "elsewhere" } });
        await PublishAsync(member, new { event_type = "order.sent" });
        await PublishAsync(stranger, new { event_type = "order.paid" });

        var small = await member.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = "order.paid",
                data = new { size = "small" },
                aggregate_id = "o-1",
            }
        );
        var big = await member.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = "order.paid",
                data = new { size = "large" },
                community_id = member.Community,
            }
        );

        Assert.Equal((202, false), (small.Status, small.Data.GetProperty("repeated").GetBoolean()));
        var started = Assert.Single(small.Data.GetProperty("started").EnumerateArray());
        Assert.Equal(paid, started.GetProperty("workflow_id").GetGuid());
        Assert.Equal(
            new[] { paid, large }.Order(),
            big.Data.GetProperty("started").EnumerateArray().Select(one => one.GetProperty("workflow_id").GetGuid()).Order()
        );
        var output = (await member.EndedAsync(started.GetProperty("execution_id").GetGuid())).GetProperty("final_output");
        Assert.Equal(
            ("order.paid", "small", "o-1"),
            (
                output.GetProperty("event_type").GetString(),
                output.GetProperty("data").GetProperty("size").GetString(),
                output.GetProperty("aggregate_id").GetString()
            )
        );
        Assert.Equal(0, (await stranger.GetAsync("/api/v1/executions")).Data.GetArrayLength());
    }

    [Fact]
    public async Task Fifty_calls_with_one_key_set_the_event_off_once()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { event_type = "order.paid" });
        var waiting = await member.StartAsync(await WaitAsync(member, new { event_type = "order.paid" }));
        await member.ParkedAsync(waiting);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => SendAsync(member, """{"event_type":"order.paid","data":{"id":1}}""", "key-1"))
        );

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Single(answers.Select(answer => answer.Data.GetProperty("event_id").GetGuid()).Distinct());
        Assert.Single(
            answers
                .SelectMany(answer => answer.Data.GetProperty("started").EnumerateArray().Select(one => one.GetProperty("execution_id").GetGuid()))
                .Distinct()
        );
        Assert.Single((await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray());
        Assert.Equal("received", (await member.EndedAsync(waiting)).GetProperty("final_output").GetString());
        Assert.Equal(
            (409, "event.body_differs"),
            await SendAsync(member, """{"event_type":"order.paid","data":{"id":2}}""", "key-1") is { } other ? (other.Status, other.Reason) : default
        );
        Assert.True((await SendAsync(member, """{"event_type":"order.paid","data":{"id":1}}""", "key-1")).Data.GetProperty("repeated").GetBoolean());
    }

    [Fact]
    public async Task What_a_stored_event_did_not_set_off_any_more_is_set_off_once_by_others()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { event_type = "order.lost" });
        var waiting = await member.StartAsync(await WaitAsync(member, new { event_type = "order.lost" }));
        await member.ParkedAsync(waiting);
        await host.CountAsync("alter table automation.triggers rename to triggers_away");
        Assert.Equal(500, (await member.PostAsync("/api/v1/events", new { event_type = "order.lost", aggregate_id = "o-1" })).Status);
        await host.CountAsync("alter table automation.triggers_away rename to triggers");
        Assert.Equal(1, await PendingAsync(member));

        var recovery = host.Services.GetRequiredService<EventRecovery>();
        var later = TimeProvider.System.GetUtcNow().AddMinutes(1);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => recovery.PassAsync(later, Ct)));

        Assert.Equal("received", (await member.EndedAsync(waiting)).GetProperty("final_output").GetString());
        var started = Assert.Single((await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.EnumerateArray());
        Assert.Equal(
            "o-1",
            (await member.EndedAsync(started.GetProperty("execution_id").GetGuid()))
                .GetProperty("final_output")
                .GetProperty("aggregate_id")
                .GetString()
        );
        Assert.Equal(0, await PendingAsync(member));
    }

    [Fact]
    public async Task An_event_that_was_set_off_is_nobodys_work_any_more()
    {
        var member = await host.RegisterAsync();
        await member.PostAsync("/api/v1/events", new { event_type = "order.paid" });
        await SendAsync(member, """{"event_type":"order.paid"}""", "key-2");
        await SendAsync(member, """{"event_type":"order.paid"}""", "key-2");

        Assert.Equal(0, await PendingAsync(member));
    }

    [Fact]
    public async Task Every_execution_that_waits_for_an_event_gets_it_once()
    {
        var member = await host.RegisterAsync();
        var workflow = await WaitAsync(member, new { event_type = "order.paid", filters = new { id = "{{input.id}}" } });
        var mine = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => member.StartAsync(workflow, new { id = 7 })));
        var other = await member.StartAsync(workflow, new { id = 8 });
        foreach (var execution in mine.Append(other))
        {
            await member.ParkedAsync(execution);
        }

        // At the same moment: of the two, one gets each.
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => member.PostAsync("/api/v1/events", new { event_type = "order.paid", data = new { id = 7 } }))
        );

        Assert.Equal(
            mine.Order(),
            answers.SelectMany(answer => answer.Data.GetProperty("resumed").EnumerateArray().Select(one => one.GetGuid())).Order()
        );
        foreach (var execution in mine)
        {
            var ended = await member.EndedAsync(execution);
            Assert.Equal(("completed", "received"), (ended.GetProperty("status").GetString(), ended.GetProperty("final_output").GetString()));
        }

        Assert.Equal(1, await host.CountAsync("select count(*) from engine.bookmarks where execution_id = $1", other));
        Assert.Equal(0, await host.CountAsync("select count(*) from engine.inbox where tenant_id = $1", member.Tenant));
    }

    [Fact]
    public async Task An_event_does_not_start_a_paused_workflow_but_reaches_what_waits_in_it()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                on = Graphs.Node("trigger_event", new { event_type = "order.paid" }),
                wait = Graphs.Node("action_wait_event", new { event_type = "order.paid" }),
                received = Graphs.Node("flow_end", new { output_data = "received" }),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("wait", "received", "received"), Graphs.Line("on", "received") }
        );
        var waiting = await member.StartAsync(workflow);
        await member.ParkedAsync(waiting);
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{workflow}/pause")).Status);

        var told = await SendAsync(member, """{"event_type":"order.paid"}""", "key-1");
        Assert.Equal(202, told.Status);
        Assert.Empty(told.Data.GetProperty("started").EnumerateArray());
        var refused = Assert.Single(told.Data.GetProperty("refused").EnumerateArray());
        Assert.Equal((workflow, "workflow.paused"), (refused.GetProperty("workflow_id").GetGuid(), refused.GetProperty("reason").GetString()));
        Assert.Equal(waiting, Assert.Single(told.Data.GetProperty("resumed").EnumerateArray()).GetGuid());
        Assert.Equal("received", (await member.EndedAsync(waiting)).GetProperty("final_output").GetString());

        // Nothing is kept for later: the same delivery again is the same event.
        await member.PostAsync($"/api/v1/workflows/{workflow}/resume");
        Assert.Empty((await SendAsync(member, """{"event_type":"order.paid"}""", "key-1")).Data.GetProperty("started").EnumerateArray());
        Assert.Single((await member.PostAsync("/api/v1/events", new { event_type = "order.paid" })).Data.GetProperty("started").EnumerateArray());
        Assert.Equal(2, (await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.GetArrayLength());
    }

    [Fact]
    public async Task An_event_that_does_not_come_in_time_leaves_by_timeout()
    {
        var member = await host.RegisterAsync();
        var ended = await member.EndedAsync(await member.StartAsync(await WaitAsync(member, new { event_type = "never", timeout_seconds = 1 })));

        Assert.Equal("timeout", ended.GetProperty("final_output").GetString());
    }

    [Fact]
    public async Task Another_tenants_event_reaches_nobody()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var execution = await owner.StartAsync(await WaitAsync(owner, new { event_type = "order.paid" }));
        await owner.ParkedAsync(execution);

        Assert.Empty((await stranger.PostAsync("/api/v1/events", new { event_type = "order.paid" })).Data.GetProperty("resumed").EnumerateArray());
        Assert.Equal(404, (await stranger.PostAsync("/api/v1/events", new { event_type = "order.paid", community_id = owner.Community })).Status);
        Assert.Equal(1, await host.CountAsync("select count(*) from engine.bookmarks where execution_id = $1", execution));
    }

    [Fact]
    public async Task A_viewer_publishes_nothing()
    {
        var owner = await host.RegisterAsync();
        Assert.Equal(403, (await (await host.InviteAsync(owner, "viewer")).PostAsync("/api/v1/events", new { event_type = "order.paid" })).Status);
    }

    [Theory]
    [InlineData("{}", "event_type")]
    [InlineData("""{"event_type":"two words"}""", "event_type")]
    [InlineData("""{"event_type":7}""", "event_type")]
    [InlineData("""{"event_type":"a","metadata":[]}""", "metadata")]
    [InlineData("""{"event_type":"a","data":"\ud800"}""", "data")]
    [InlineData("""{"event_type":"a","aggregate_id":"\u0000"}""", "aggregate_id")]
    public async Task What_is_no_event_is_refused(string body, string field)
    {
        var answer = await (await host.RegisterAsync()).PostRawAsync("/api/v1/events", body);

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details.GetProperty("errors").TryGetProperty(field, out _), answer.Text);
    }

    private static async Task<Answer> SendAsync(Member member, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/events")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        return await Answer.FromAsync(await member.Http.SendAsync(request, Ct));
    }

    private Task<long> PendingAsync(Member member) =>
        host.CountAsync("select count(*) from automation.pending_events where tenant_id = $1", member.Tenant);

    private static Task<Guid> PublishAsync(Member member, object trigger) =>
        member.PublishAsync(
            new { on = Graphs.Node("trigger_event", trigger), end = Graphs.Node("flow_end", new { output_data = "{{input}}" }) },
            new[] { Graphs.Line("on", "end") }
        );

    private static Task<Guid> WaitAsync(Member member, object wait) =>
        member.PublishAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                wait = Graphs.Node("action_wait_event", wait),
                received = Graphs.Node("flow_end", new { output_data = "received" }),
                late = Graphs.Node("flow_end", new { output_data = "timeout" }),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("wait", "received", "received"), Graphs.Line("wait", "late", "timeout") }
        );
}
