using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Host;

namespace SaaSFlows.Api.Tests;

public sealed class TenantTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Tenant = "/api/v1/tenant";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenant_is_renamed_and_its_slug_is_its_own()
    {
        var (owner, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var viewer = await host.InviteAsync(owner, "viewer");
        var slug = $"s{Guid.NewGuid():N}";

        var changed = await owner.PatchAsync(Tenant, new { name = " Guild ", slug });
        Assert.Equal(
            (200, "Guild", slug),
            (changed.Status, changed.Data.GetProperty("name").GetString(), changed.Data.GetProperty("slug").GetString())
        );
        Assert.Equal("Guild", (await viewer.GetAsync(Tenant)).Data.GetProperty("name").GetString());
        var taken = await other.PatchAsync(Tenant, new { slug });
        Assert.Equal((409, "slug.taken"), (taken.Status, taken.Reason));
        Assert.Equal(400, (await owner.PatchAsync(Tenant, new { name = "" })).Status);
        Assert.Equal(400, (await owner.PatchAsync(Tenant, new { slug = "Not a slug" })).Status);
        Assert.Equal(403, (await viewer.PatchAsync(Tenant, new { name = "Mine" })).Status);
        Assert.Equal(("Guild", slug), await NameAsync(owner));
    }

    [Fact]
    public async Task Export_has_every_row_but_no_secret_and_nothing_of_others()
    {
        var (owner, other) = (await host.RegisterAsync("Exported"), await host.RegisterAsync("Elsewhere"));
        var workflow = await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections, "Greeting ü");
        var door = await owner.WebhookAsync(workflow);
        await owner.EndedAsync(
            await owner.StartAsync(await owner.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections), new { note = "line\nbreak" })
        );
        await owner.PostAsync($"/api/v1/chat/{owner.Entity}/messages", new { message = "Hello" });
        await other.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections, "Not yours");

        var response = await owner.Http.PostAsync($"{Tenant}/export", null, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(owner.Tenant, lines[0].GetProperty("tenant_id").GetGuid());
        Assert.Equal(lines.Count - 2, lines[^1].GetProperty("rows").GetInt64());
        var rows = lines[1..^1].ToLookup(line => line.GetProperty("table").GetString(), line => line.GetProperty("row"));
        Assert.Equal(2, rows["automation.workflows"].Count());
        Assert.Contains(
            rows["automation.workflows"],
            row => row.GetProperty("name").GetString() == "Greeting ü" && row.GetProperty("draft").TryGetProperty("nodes", out _)
        );
        Assert.All(
            [
                "accounts.tenants",
                "accounts.communities",
                "accounts.entities",
                "accounts.memberships",
                "accounts.users",
                "automation.workflow_versions",
                "automation.webhooks",
                "automation.chat_messages",
                "engine.executions",
                "engine.journal",
                "accounts.audit_entries",
            ],
            table => Assert.NotEmpty(rows[table])
        );
        Assert.Equal([owner.Email], rows["accounts.users"].Select(row => row.GetProperty("email").GetString()));
        Assert.All(
            rows.SelectMany(table => table).Where(row => row.TryGetProperty("tenant_id", out _)),
            row => Assert.Equal(owner.Tenant, row.GetProperty("tenant_id").GetGuid())
        );

        Assert.DoesNotContain(door[(door.LastIndexOf('/') + 1)..], text, StringComparison.Ordinal);
        Assert.DoesNotContain("Not yours", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("\"(password_hash|token_hash|sealed_[a-z_]+|wrapped|family_hash)\"", text);
        var (admin, editor) = (await host.InviteAsync(owner, "admin"), await host.InviteAsync(owner, "editor"));
        Assert.Equal(200, (int)(await admin.Http.PostAsync($"{Tenant}/export", null, Ct)).StatusCode);
        Assert.Equal(403, (await editor.PostAsync($"{Tenant}/export")).Status);
    }

    [Fact]
    public async Task Closed_tenant_starts_nothing_and_lets_its_owner_in_to_restore_it()
    {
        var owner = await host.RegisterAsync("To be closed");
        var (admin, viewer) = (await host.InviteAsync(owner, "admin"), await host.InviteAsync(owner, "viewer"));
        var door = await owner.WebhookAsync(await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        var (_, slug) = await NameAsync(owner);
        Assert.Equal(403, (await admin.DeleteAsync(Tenant, new { name = "To be closed" })).Status);
        Assert.Equal(400, (await owner.DeleteAsync(Tenant, new { name = "Something else" })).Status);
        Assert.Equal(200, (int)(await DeliverAsync(door)).StatusCode);

        var closed = await owner.DeleteAsync(Tenant, new { name = "To be closed" });

        Assert.Equal((200, "closing"), (closed.Status, closed.Data.GetProperty("status").GetString()));
        Assert.InRange(
            closed.Data.GetProperty("delete_at").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddDays(29.9),
            DateTimeOffset.UtcNow.AddDays(30.1)
        );
        var refused = await Answer.FromAsync(await DeliverAsync(door));
        Assert.Equal((409, "tenant.closed"), (refused.Status, refused.Reason));
        foreach (var member in new[] { admin, viewer })
        {
            var login = await LoginAsync(member, slug);
            Assert.Equal((403, "tenant.closed"), (login.Status, login.Reason));
            Assert.Contains("To be closed", login.Text, StringComparison.Ordinal);
        }

        Assert.Equal("Own tenant of a member", (await LoginAsync(viewer, null)).Data.GetProperty("tenant").GetProperty("name").GetString());
        var again = await host.SignInAsync(owner);
        Assert.Equal(
            ["delete:tenant"],
            (await again.GetAsync("/api/v1/me")).Data.GetProperty("permissions").EnumerateArray().Select(p => p.GetString())
        );
        Assert.Equal("closing", (await again.GetAsync(Tenant)).Data.GetProperty("status").GetString());
        Assert.Equal(409, (await again.DeleteAsync(Tenant, new { name = "To be closed" })).Status);
        Assert.Equal(403, (await again.PostAsync("/api/v1/workflows", new { name = "x" })).Status);
        Assert.Equal("active", (await again.PostAsync($"{Tenant}/restore")).Data.GetProperty("status").GetString());
        var twice = await again.PostAsync($"{Tenant}/restore");
        Assert.Equal((409, "tenant.not_closing"), (twice.Status, twice.Reason));
        Assert.Equal(200, (int)(await DeliverAsync(door)).StatusCode);
        Assert.Equal(200, (await LoginAsync(viewer, slug)).Status);
    }

    [Fact]
    public async Task Tenant_whose_grace_period_is_over_is_deleted_with_all_that_it_has()
    {
        var (owner, neighbour) = (await host.RegisterAsync("Short-lived"), await host.RegisterAsync("Neighbour"));
        foreach (var member in new[] { owner, neighbour })
        {
            await member.EndedAsync(await member.StartAsync(await member.PublishAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections)));
            await member.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections);
            await member.PostAsync($"/api/v1/chat/{member.Entity}/messages", new { message = "Hello" });
            await member.PostAsync("/api/v1/invitations", new { email = "guest@example.com", role = "viewer" });
            await member.PostAsync("/api/v1/service-accounts", new { name = "Bot", role = "viewer" });
        }

        var before = await RowsAsync(neighbour.Tenant);
        Assert.True((await RowsAsync(owner.Tenant)).Count > 10);
        await owner.DeleteAsync(Tenant, new { name = "Short-lived" });
        Assert.Equal(0, await host.Services.GetRequiredService<TenantDeletion>().PassAsync(Ct));
        await host.CountAsync(
            "with u as (update accounts.tenants set delete_at = now() - interval '1 second' where tenant_id = $1 returning 1) select count(*) from u",
            owner.Tenant
        );

        Assert.Equal(1, await host.Services.GetRequiredService<TenantDeletion>().PassAsync(Ct));

        Assert.Empty(await RowsAsync(owner.Tenant));
        var after = await RowsAsync(neighbour.Tenant);
        // Ends are followed up, and the audit log written, while this runs: rows of the one go, rows of the other come.
        Assert.All(
            before.Where(table => table.Key is not ("engine.endings" or "engine.queue")),
            table =>
                Assert.True(
                    after.GetValueOrDefault(table.Key) >= table.Value,
                    $"{table.Key}: {table.Value} before, {after.GetValueOrDefault(table.Key)} after"
                )
        );
        Assert.Equal(1, await host.CountAsync("select count(*) from accounts.users where email = $1", owner.Email));
        Assert.Equal(403, (await LoginAsync(owner, null)).Status);
    }

    [Fact]
    public async Task Operator_suspends_and_resumes_a_tenant()
    {
        var owner = await host.RegisterAsync();
        var door = await owner.WebhookAsync(await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        var (_, slug) = await NameAsync(owner);

        Assert.Equal((0, $"The tenant {slug} is suspended now."), await VerbAsync("suspend", slug));
        var refused = await Answer.FromAsync(await DeliverAsync(door));
        Assert.Equal((409, "tenant.closed"), (refused.Status, refused.Reason));
        Assert.Equal((403, "tenant.closed"), await LoginRefusalAsync(owner));
        Assert.Equal((0, $"The tenant {slug} is active now."), await VerbAsync("resume", slug));
        Assert.Equal(200, (int)(await DeliverAsync(door)).StatusCode);
        Assert.Equal(200, (await LoginAsync(owner, slug)).Status);

        Assert.Equal((1, "There is no tenant no-such-tenant."), await VerbAsync("suspend", "no-such-tenant"));
        Assert.Null(await TenantVerb.RunAsync(["--urls=http://127.0.0.1:0"], host.Services, TextWriter.Null, Ct));
    }

    private async Task<(int? Exit, string Output)> VerbAsync(string verb, string slug)
    {
        using var output = new StringWriter();
        var exit = await TenantVerb.RunAsync(["tenant", verb, slug], host.Services, output, Ct);
        return (exit, output.ToString().TrimEnd());
    }

    private Task<HttpResponseMessage> DeliverAsync(string door) => host.Anonymous().PostAsJsonAsync(door, new { name = "x" }, Ct);

    private async Task<Answer> LoginAsync(Member member, string? tenant) =>
        await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/login",
                    new
                    {
                        email = member.Email,
                        password = Member.Password,
                        tenant,
                    },
                    Ct
                )
        );

    private async Task<(int Status, string Reason)> LoginRefusalAsync(Member member)
    {
        var answer = await LoginAsync(member, null);
        return (answer.Status, answer.Reason);
    }

    private static async Task<(string? Name, string Slug)> NameAsync(Member member)
    {
        var tenant = (await member.GetAsync(Tenant)).Data;
        return (tenant.GetProperty("name").GetString(), tenant.GetProperty("slug").GetString()!);
    }

    // Every table that the catalogue knows: a new one is in here by itself. What remains on purpose is named.
    private async Task<Dictionary<string, long>> RowsAsync(Guid tenant)
    {
        var tables = await host.ScalarAsync<string[]>(
            """
            select array_agg(n.nspname || '.' || c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('accounts', 'automation', 'engine')
                and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
                and c.relname not in ('access_changes', 'audit_tombstones')
            """
        );
        var rows = new Dictionary<string, long>();
        foreach (var table in tables)
        {
            if (await host.CountAsync($"select count(*) from {table} where tenant_id = $1", tenant) is > 0 and var count)
            {
                rows[table] = count;
            }
        }

        return rows;
    }
}
