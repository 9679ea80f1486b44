using System.Text.Json;
using SaaSFlows.TestKit;
using static SaaSFlows.Api.Tests.Graphs;

namespace SaaSFlows.Api.Tests;

public sealed class AuditTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Path = "/api/v1/audit";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_log_says_who_changed_what_with_before_and_after()
    {
        var owner = await host.RegisterAsync();
        var id = await owner.CreateAsync(
            new
            {
                start = Node("trigger_manual"),
                call = Node("action_http", new { url = "https://example.com", headers = new { Authorization = "Bearer top-secret-value" } }),
            },
            new[] { Line("start", "call") }
        );
        await owner.PutAsync($"/api/v1/workflows/{id}", new { name = "Renamed" });

        var answer = await owner.GetAsync(Path);

        Assert.Equal(["workflow.updated", "workflow.created", "auth.sign_in", "tenant.created"], Actions(answer));
        var entry = answer.Data.GetProperty("entries")[0];
        Assert.Equal(("user", owner.Email), (Text(entry.GetProperty("actor"), "kind"), Text(entry.GetProperty("actor"), "name")));
        Assert.Equal(
            ("workflow", $"{id}", "Renamed"),
            (Text(entry.GetProperty("target"), "type"), Text(entry.GetProperty("target"), "id"), Text(entry.GetProperty("target"), "name"))
        );
        Assert.Equal("""{"name":"Flow","revision":1}""", entry.GetProperty("before").GetRawText());
        Assert.Equal("""{"name":"Renamed","revision":2}""", entry.GetProperty("after").GetRawText());
        Assert.Equal(("127.0.0.1", "session"), (Text(entry, "address"), Text(entry.GetProperty("credential"), "kind")));
        Assert.DoesNotContain("top-secret-value", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_and_pages_find_what_is_asked_for()
    {
        var owner = await host.RegisterAsync();
        var (first, second) = (
            await owner.CreateAsync(Echo.Nodes, Echo.Connections, "Zebra crossing"),
            await owner.CreateAsync(Echo.Nodes, Echo.Connections, "Other")
        );
        await owner.DeleteAsync($"/api/v1/workflows/{second}");
        var user = (await owner.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid();

        Assert.Equal(["workflow.archived"], Actions(await owner.GetAsync($"{Path}?action=workflow.archived")));
        Assert.Equal(["workflow.created"], Actions(await owner.GetAsync($"{Path}?target={first}")));
        Assert.Equal(5, Actions(await owner.GetAsync($"{Path}?actor={user}")).Length);
        Assert.Empty(Actions(await owner.GetAsync($"{Path}?actor={Guid.NewGuid()}")));
        Assert.Equal(["workflow.created"], Actions(await owner.GetAsync($"{Path}?search=zebra")));
        Assert.Equal(["workflow.created"], Actions(await owner.GetAsync($"{Path}?search=CROSS%20creat%20{owner.Email}")));
        Assert.Empty(Actions(await owner.GetAsync($"{Path}?search=zebra%20archived")));
        Assert.Equal(["workflow.created"], Actions(await owner.GetAsync($"{Path}?search={Uri.EscapeDataString("' | !zebra:* & \\")}")));
        Assert.Equal(5, Actions(await owner.GetAsync($"{Path}?search=%3D!%27%22")).Length);

        var cut = (await owner.GetAsync(Path)).Data.GetProperty("entries")[2].GetProperty("at").GetString()!;
        Assert.Equal(3, Actions(await owner.GetAsync($"{Path}?from={cut}")).Length);
        Assert.Equal(2, Actions(await owner.GetAsync($"{Path}?to={cut}")).Length);
        Assert.Equal(400, (await owner.GetAsync($"{Path}?from=yesterday")).Status);

        var seen = new List<string>();
        for (var next = $"{Path}?limit=2"; ; )
        {
            var page = await owner.GetAsync(next);
            seen.AddRange(Actions(page));
            if (page.Data.GetProperty("next_before").ValueKind == JsonValueKind.Null)
            {
                break;
            }

            next = $"{Path}?limit=2&before={page.Data.GetProperty("next_before").GetGuid()}";
        }

        Assert.Equal(Actions(await owner.GetAsync(Path)), seen);
    }

    [Fact]
    public async Task Only_who_may_read_the_whole_tenants_log_reads_it_and_no_other_tenants()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        await owner.CreateAsync(Echo.Nodes, Echo.Connections, "Confidential");
        var editor = await host.InviteAsync(owner, "editor");

        foreach (var path in new[] { Path, $"{Path}/verify", $"{Path}/export" })
        {
            Assert.Equal(403, (await editor.GetAsync(path)).Status);
            Assert.Equal(401, (int)(await host.Anonymous().GetAsync(path, Ct)).StatusCode);
            Assert.DoesNotContain("Confidential", (await stranger.GetAsync($"{path}?search=confidential")).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_chain_is_sealed_by_itself_and_verifies_against_a_kept_head()
    {
        var owner = await host.RegisterAsync();
        await SealedAsync(owner);
        var head = (await owner.GetAsync($"{Path}/verify")).Data.GetProperty("head");
        await owner.CreateAsync(Echo.Nodes, Echo.Connections);
        await SealedAsync(owner);

        var kept = $"number={head.GetProperty("number").GetInt64()}&hash={head.GetProperty("hash").GetString()}";
        var verified = (await owner.GetAsync($"{Path}/verify?{kept}")).Data;
        Assert.Equal(
            (true, true, 3L),
            (
                verified.GetProperty("is_intact").GetBoolean(),
                verified.GetProperty("witness_confirmed").GetBoolean(),
                verified.GetProperty("head").GetProperty("number").GetInt64()
            )
        );
        Assert.False((await owner.GetAsync($"{Path}/verify?number=2&hash={new string('a', 64)}")).Data.GetProperty("is_intact").GetBoolean());
        Assert.Equal(400, (await owner.GetAsync($"{Path}/verify?number=2&hash=zz")).Status);

        await host.ScalarAsync<long>(
            "begin; set local session_replication_role = replica; update accounts.audit_entries set address = '8.8.8.8' where tenant_id = '"
                + owner.Tenant
                + "' and number = 2; commit; select 1::bigint"
        );
        var broken = (await owner.GetAsync($"{Path}/verify")).Data;
        Assert.False(broken.GetProperty("is_intact").GetBoolean());
        Assert.Equal("""{"number":2,"problem":"changed"}""", broken.GetProperty("first_broken").GetRawText());
    }

    [Fact]
    public async Task Export_writes_every_entry_and_no_formula()
    {
        var owner = await host.RegisterAsync();
        foreach (var name in new[] { "=1+1", "+1", "-1", "@SUM(A1)", "say \"hi\", twice" })
        {
            await owner.CreateAsync(Echo.Nodes, Echo.Connections, name);
        }

        var csv = await owner.Http.GetStringAsync($"{Path}/export?format=csv&action=workflow.created", Ct);
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("number,at,action,actor_kind", lines[0], StringComparison.Ordinal);
        Assert.All(
            ["\"'=1+1\"", "\"'+1\"", "\"'-1\"", "\"'@SUM(A1)\"", "\"say \"\"hi\"\", twice\""],
            field => Assert.Contains(field, csv, StringComparison.Ordinal)
        );

        var all = (await owner.Http.GetStringAsync($"{Path}/export", Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Actions(await owner.GetAsync(Path)), all.Select(line => Text(JsonElement.Parse(line), "action")));
    }

    [Fact]
    public async Task Export_is_longer_than_any_page()
    {
        var owner = await host.RegisterAsync();
        await host.ScalarAsync<long>(
            """
            with made as (insert into accounts.audit_entries (tenant_id, id, at, actor_kind, action, target_type, target_id)
                select $1, gen_random_uuid(), now(), 'system', 'test.many', 'thing', n::text from generate_series(1, 1001) n returning 1)
            select count(*) from made
            """,
            owner.Tenant
        );

        var lines = (await owner.Http.GetStringAsync($"{Path}/export?action=test.many", Ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1001, lines.Select(line => JsonElement.Parse(line).GetProperty("target").GetProperty("id").GetString()).Distinct().Count());
    }

    private static Task SealedAsync(Member owner) =>
        Eventually.True(
            async () => (await owner.GetAsync($"{Path}/verify")).Data.GetProperty("unsealed").GetProperty("length").GetInt64() == 0,
            TimeSpan.FromSeconds(20),
            Ct
        );

    private static string[] Actions(Answer answer) => [.. answer.Data.GetProperty("entries").EnumerateArray().Select(entry => Text(entry, "action"))];

    private static string Text(JsonElement value, string name) => value.GetProperty(name).GetString()!;
}
