using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Exports are whole, and no client's speed costs anybody else anything.</summary>
public sealed class ExportTests(ExportTests.Host host) : IClassFixture<ExportTests.Host>
{
    private const int Messages = 3000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_row_of_a_tenant_is_in_its_export_once()
    {
        var owner = await FilledAsync(size: 20);
        await owner.PostAsync("/api/v1/events", new { event_type = "order.paid", aggregate_id = "o-1" });
        await owner.PostAsync(
            "/api/v1/events",
            new
            {
                event_type = "order.paid",
                aggregate_id = "o-2",
                community_id = owner.Community,
            }
        );
        await owner.EndedAsync(await owner.StartAsync(await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)));

        var lines = (await owner.PostAsync("/api/v1/tenant/export"))
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .ToList();

        var rows = lines[1..^1].ToLookup(line => line.GetProperty("table").GetString(), line => line.GetProperty("row"));
        Assert.Equal(owner.Tenant, lines[0].GetProperty("tenant_id").GetGuid());
        Assert.Equal(lines.Count - 2, lines[^1].GetProperty("rows").GetInt64());
        Assert.Equal(Enumerable.Range(1, Messages), rows["automation.chat_messages"].Select(row => row.GetProperty("number").GetInt32()).Order());
        Assert.Equal(["o-1", "o-2"], rows["automation.aggregates"].Select(row => row.GetProperty("aggregate_id").GetString()).Order());
        Assert.Single(rows["engine.executions"]);
        Assert.NotEmpty(rows["engine.journal"]);
        Assert.All(lines[1..^1].Select(line => line.GetRawText()).CountBy(text => text), counted => Assert.Equal(1, counted.Value));
    }

    [Fact]
    public async Task Twenty_clients_that_read_nothing_stop_nobody()
    {
        var open = new List<HttpResponseMessage>();
        foreach (var owner in await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => FilledAsync(size: 100))))
        {
            open.Add(await BeginAsync(owner));
            open.Add(await BeginAsync(owner));
        }

        var other = await host.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => other.GetAsync("/api/v1/workflows")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        open.ForEach(response => response.Dispose());
    }

    [Fact]
    public async Task A_tenant_has_two_exports_at_once_of_any_kind_and_as_soon_as_one_ends_another()
    {
        var owner = await FilledAsync();
        using var first = await BeginAsync(owner);
        using var second = await BeginAsync(owner);

        var third = await owner.GetAsync("/api/v1/audit/export");

        Assert.Equal((429, "export.too_many"), (third.Status, third.Reason));
        Assert.True(third.Response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
        Assert.Equal(200, (await (await host.RegisterAsync()).GetAsync("/api/v1/audit/export")).Status);
        first.Dispose();
        await Eventually.True(async () => (await owner.GetAsync("/api/v1/audit/export")).Status == 200, TimeSpan.FromSeconds(20), Ct);
    }

    /// <summary>A tenant with more than the buffers of a connection hold.</summary>
    private async Task<Member> FilledAsync(int size = 300)
    {
        var owner = await host.RegisterAsync();
        await host.CountAsync(
            """
            with written as (
                insert into automation.chat_messages (entity_id, number, tenant_id, community_id, author_kind, author_name, text, sent_at)
                select $2, n, $1, $3, 'user', 'Ada', repeat(md5(n::text), $5), now() from generate_series(1, $4) n returning 1)
            select count(*) from written
            """,
            owner.Tenant,
            owner.Entity,
            owner.Community,
            Messages,
            size
        );
        return owner;
    }

    private static Task<HttpResponseMessage> BeginAsync(Member owner) =>
        owner.Http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/tenant/export"), HttpCompletionOption.ResponseHeadersRead, Ct);

    /// <summary>With fewer connections than there are clients.</summary>
    public class Host : ApiHost
    {
        protected override void Configure(IServiceCollection services) =>
            services.AddSingleton(sp => new PostgresPools(
                RoleConnections.From(Database.AdminConnectionString, null, new PoolSizes(App: 4)),
                sp.GetRequiredService<ILoggerFactory>()
            ));
    }
}

/// <summary>An export does not go on for ever.</summary>
public sealed class ExportTimeTests(ExportTimeTests.Host host) : IClassFixture<ExportTimeTests.Host>
{
    [Fact]
    public async Task One_that_takes_too_long_is_cut_off_and_makes_room()
    {
        var ct = TestContext.Current.CancellationToken;
        var owner = await host.RegisterAsync();
        await host.CountAsync(
            """
            with written as (
                insert into automation.chat_messages (entity_id, number, tenant_id, community_id, author_kind, author_name, text, sent_at)
                select $2, n, $1, $3, 'user', 'Ada', repeat(md5(n::text), 1000), now() from generate_series(1, 1000) n returning 1)
            select count(*) from written
            """,
            owner.Tenant,
            owner.Entity,
            owner.Community
        );
        using var slow = await owner.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/api/v1/tenant/export"),
            HttpCompletionOption.ResponseHeadersRead,
            ct
        );

        Assert.Equal(200, (int)slow.StatusCode);
        await Eventually.True(async () => (await owner.GetAsync("/api/v1/audit/export")).Status == 200, TimeSpan.FromSeconds(20), ct);
        var cut = await Assert.ThrowsAnyAsync<Exception>(() => slow.Content.ReadAsStringAsync(ct));
        Assert.True(cut is HttpRequestException or IOException, cut.ToString());
    }

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Exports:PerTenant", "1"), new("Exports:Longest", "00:00:02")];
    }
}
