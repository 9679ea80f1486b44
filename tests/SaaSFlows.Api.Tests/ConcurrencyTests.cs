using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class ConcurrencyTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_starts_with_a_limit_of_three_run_three_at_once_in_their_order_and_all_end()
    {
        var member = await host.RegisterAsync();
        // A wait in each: an execution that waits holds its place.
        var workflow = await PublishAsync(member, new { limit = 3, policy = "queue" }, delay: 30);
        var started = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RetryTests.StartAsync(member, workflow)));
        foreach (var execution in started)
        {
            Assert.Equal("completed", (await member.EndedAsync(execution)).GetProperty("status").GetString());
        }

        Assert.Equal(3, await MostAtOnceAsync(workflow));
        await Eventually.True(async () => await LineAsync(workflow) == 0, TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Skip_refuses_what_comes_over_the_limit_and_stores_nothing()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { limit = 2, policy = "skip" }, delay: 3_600_000);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => member.PostAsync($"/api/v1/workflows/{workflow}/execute")));

        Assert.Equal(2, answers.Count(answer => answer.Status == 202));
        Assert.All(
            answers.Where(answer => answer.Status != 202),
            answer => Assert.Equal((409, "workflow.limit_reached"), (answer.Status, answer.Reason))
        );
        Assert.Equal(2, (await member.GetAsync($"/api/v1/workflows/{workflow}/executions")).Data.GetArrayLength());
        Assert.Equal(2L, await host.ScalarAsync<long>("select count(*) from engine.usage_facts where tenant_id = $1", member.Tenant));

        await member.PostAsync(
            $"/api/v1/workflows/executions/{answers.First(answer => answer.Status == 202).Data.GetProperty("execution_id").GetGuid()}/cancel"
        );
        await Eventually.True(
            async () => (await member.PostAsync($"/api/v1/workflows/{workflow}/execute")).Status == 202,
            TimeSpan.FromSeconds(10),
            Ct
        );
    }

    [Fact]
    public async Task Cancel_oldest_lets_the_newest_run()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { limit = 2, policy = "cancel_oldest" }, delay: 3_600_000);
        var started = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            started.Add(await RetryTests.StartAsync(member, workflow));
        }

        foreach (var execution in started[..4])
        {
            Assert.Equal("cancelled", (await member.EndedAsync(execution)).GetProperty("status").GetString());
        }

        await Eventually.True(
            async () =>
                (await member.GetAsync($"/api/v1/workflows/{workflow}/executions?status=waiting"))
                    .Data.EnumerateArray()
                    .Select(one => one.GetProperty("execution_id").GetGuid())
                    .Order()
                    .SequenceEqual(started[4..].Order()),
            TimeSpan.FromSeconds(10),
            Ct
        );
        Assert.InRange(await MostAtOnceAsync(workflow), 1, 2);
    }

    [Fact]
    public async Task Execution_that_waits_for_its_turn_can_be_cancelled_and_costs_no_place()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { limit = 1 }, delay: 3_600_000);
        var first = await RetryTests.StartAsync(member, workflow);
        var second = await RetryTests.StartAsync(member, workflow);
        var third = await RetryTests.StartAsync(member, workflow);
        Assert.Equal("queued", (await member.GetAsync($"/api/v1/workflows/executions/{second}")).Data.GetProperty("status").GetString());

        await member.PostAsync($"/api/v1/workflows/executions/{second}/cancel");
        Assert.Equal("cancelled", (await member.EndedAsync(second)).GetProperty("status").GetString());
        await member.PostAsync($"/api/v1/workflows/executions/{first}/cancel");
        await Eventually.True(
            async () => (await member.GetAsync($"/api/v1/workflows/executions/{third}")).Data.GetProperty("status").GetString() == "waiting",
            TimeSpan.FromSeconds(10),
            Ct
        );
    }

    [Fact]
    public async Task Cancelling_all_of_a_line_at_once_ends_them_all_at_once()
    {
        var member = await host.RegisterAsync();
        for (var round = 0; round < 5; round++)
        {
            var workflow = await PublishAsync(member, new { limit = 3 }, delay: 3_600_000);
            var started = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RetryTests.StartAsync(member, workflow)));
            await Task.WhenAll(started.Select(execution => member.PostAsync($"/api/v1/workflows/executions/{execution}/cancel")));
            await Eventually.True(
                async () =>
                    (await member.GetAsync($"/api/v1/workflows/{workflow}/executions?status=cancelled")).Data.GetArrayLength() == 12
                    && await LineAsync(workflow) == 0,
                TimeSpan.FromSeconds(15),
                Ct
            );
        }

        Assert.Equal(
            0,
            await host.ScalarAsync<long>(
                "select count(*) from (select from engine.events j where j.kind = 12 group by j.execution_id having count(*) > 1) twice"
            )
        );
    }

    [Fact]
    public async Task Workflow_with_one_place_that_calls_itself_ends()
    {
        var member = await host.RegisterAsync();
        var workflow = await member.CreateAsync(
            new { start = Graphs.Node("trigger_manual"), again = Graphs.Node("action_workflow", new { workflow = "calls-itself", input = new { } }) },
            new[] { Graphs.Line("start", "again") },
            "Calls itself"
        );
        await member.PutAsync($"/api/v1/workflows/{workflow}", new { settings = new { concurrency = new { limit = 1 } } });
        var published = await member.PostAsync($"/api/v1/workflows/{workflow}/publish");
        Assert.True(published.Status == 200, published.Text);

        var ended = await member.EndedAsync(await RetryTests.StartAsync(member, workflow));
        Assert.Equal(("failed", "workflow.failed"), (ended.GetProperty("status").GetString(), ended.GetProperty("error_code").GetString()));
        await Eventually.True(async () => await LineAsync(workflow) == 0, TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task Higher_limit_of_a_new_version_lets_the_line_move_up()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { limit = 1 }, delay: 3_600_000);
        for (var i = 0; i < 3; i++)
        {
            await RetryTests.StartAsync(member, workflow);
        }

        await member.PutAsync($"/api/v1/workflows/{workflow}", new { settings = new { concurrency = new { limit = 3 } } });
        await member.PostAsync($"/api/v1/workflows/{workflow}/publish");
        await RetryTests.StartAsync(member, workflow);
        await Eventually.True(
            async () => (await member.GetAsync($"/api/v1/workflows/{workflow}/executions?status=waiting")).Data.GetArrayLength() == 3,
            TimeSpan.FromSeconds(10),
            Ct
        );
        Assert.Equal(1, (await member.GetAsync($"/api/v1/workflows/{workflow}/executions?status=queued")).Data.GetArrayLength());
    }

    [Fact]
    public async Task Settings_are_shown_and_a_wrong_one_is_refused()
    {
        var member = await host.RegisterAsync();
        var workflow = await PublishAsync(member, new { limit = 3 }, delay: 1);
        Assert.Equal(
            """{"concurrency":{"limit":3,"policy":"queue"}}""",
            (await member.GetAsync($"/api/v1/workflows/{workflow}")).Data.GetProperty("settings").GetRawText()
        );
        Assert.Equal(
            400,
            (await member.PutAsync($"/api/v1/workflows/{workflow}", new { settings = new { concurrency = new { limit = 0 } } })).Status
        );
    }

    private static async Task<Guid> PublishAsync(Member member, object concurrency, int delay)
    {
        var id = await member.CreateAsync(
            new
            {
                start = Graphs.Node("trigger_manual"),
                wait = Graphs.Node("action_delay", new { delay_ms = delay }),
                end = Graphs.Node("flow_end"),
            },
            new[] { Graphs.Line("start", "wait"), Graphs.Line("wait", "end") }
        );
        var saved = await member.PutAsync($"/api/v1/workflows/{id}", new { settings = new { concurrency } });
        Assert.True(saved.Status == 200, saved.Text);
        Assert.Equal(200, (await member.PostAsync($"/api/v1/workflows/{id}/publish")).Status);
        return id;
    }

    private Task<long> LineAsync(Guid workflow) => host.ScalarAsync<long>("select count(*) from engine.line where workflow_id = $1", workflow);

    // From the journals: the times between an execution's first node and its end.
    private Task<long> MostAtOnceAsync(Guid workflow) =>
        host.ScalarAsync<long>(
            """
            with lives as (
                select e.id, (select j.at from engine.events j where j.execution_id = e.id and j.kind = 2 order by j.seq
                limit 1) as began, coalesce(e.ended_at, 'infinity') as ended
                from engine.executions e where e.workflow_id = $1
            )
            select max((select count(*) from lives o where o.began <= l.began and o.ended > l.began)) from lives l where l.began is not null
            """,
            workflow
        );
}
