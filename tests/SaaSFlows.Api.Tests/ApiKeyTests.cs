using System.Net.Http.Headers;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

public sealed class ApiKeyTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Path = "/api/v1/api-keys";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_works_in_both_headers_and_is_stored_as_a_hash()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync(Path, new { name = "ci" });
        var key = made.Data.GetProperty("key").GetString()!;

        Assert.Equal((201, 51), (made.Status, key.Length));
        Assert.StartsWith(made.Data.GetProperty("prefix").GetString()!, key, StringComparison.Ordinal);
        Assert.Equal(200, (await With(owner, key).GetAsync("/api/v1/me")).Status);
        Assert.Equal(200, (await WithHeader(owner, key).GetAsync("/api/v1/me")).Status);
        Assert.Equal(201, (await With(owner, key).PostAsync("/api/v1/workflows", new { name = "x" })).Status);

        Assert.DoesNotContain(key, (await owner.GetAsync(Path)).Text, StringComparison.Ordinal);
        Assert.Equal(
            0,
            await host.CountAsync(
                "select count(*) from accounts.api_keys k where position(convert_to($1, 'utf8') in k.hash) > 0 or k::text like '%' || $1 || '%'",
                key
            )
        );
        await Eventually.True(
            async () => (await owner.GetAsync(Path)).Data[0].GetProperty("last_used_at").ValueKind is not System.Text.Json.JsonValueKind.Null,
            TimeSpan.FromSeconds(10),
            Ct
        );
    }

    [Theory]
    [InlineData("sf_live_")]
    [InlineData("sf_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sf_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("sf_live_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'; --")]
    public async Task Wrong_keys_are_refused(string key)
    {
        var owner = await host.RegisterAsync();
        foreach (var answer in new[] { await With(owner, key).GetAsync("/api/v1/me"), await WithHeader(owner, key).GetAsync("/api/v1/me") })
        {
            Assert.Equal((401, "UNAUTHORIZED", "api_key.refused"), (answer.Status, answer.Code, answer.Reason));
        }
    }

    [Fact]
    public async Task A_wrong_key_is_not_replaced_by_a_session()
    {
        var owner = await host.RegisterAsync();
        var made = (await owner.PostAsync(Path, new { name = "ci" })).Data.GetProperty("key").GetString()!;
        var mixed = With(owner, "sf_live_x");
        mixed.Http.DefaultRequestHeaders.Add("X-API-Key", made);

        Assert.Equal("api_key.refused", (await mixed.GetAsync("/api/v1/me")).Reason);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var owner = await host.RegisterAsync();
        var made = (await owner.PostAsync(Path, new { name = "ci" })).Data;
        var program = With(owner, made.GetProperty("key").GetString()!);
        Assert.Equal(200, (await program.GetAsync("/api/v1/me")).Status);

        var path = $"{Path}/{made.GetProperty("api_key_id").GetGuid()}";
        Assert.Equal(200, (await owner.DeleteAsync(path)).Status);
        Assert.Equal((401, "api_key.refused"), await program.GetAsync("/api/v1/me") is var refused ? (refused.Status, refused.Reason) : default);
        Assert.Equal((404, "api_key.not_found"), await owner.DeleteAsync(path) is var again ? (again.Status, again.Reason) : default);
    }

    [Fact]
    public async Task A_key_does_no_more_than_its_scope()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync(
            Path,
            new
            {
                name = "reader",
                permissions = new[] { "read:workflows" },
                community_ids = new[] { owner.Community },
            }
        );
        var reader = With(owner, made.Data.GetProperty("key").GetString()!);

        Assert.Equal(200, (await reader.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal(
            (403, "permission.missing"),
            await reader.PostAsync("/api/v1/workflows", new { name = "x" }) is var refused ? (refused.Status, refused.Reason) : default
        );
        Assert.Equal(
            "read:workflows",
            Assert.Single((await reader.GetAsync("/api/v1/me")).Data.GetProperty("permissions").EnumerateArray()).GetString()
        );
    }

    [Fact]
    public async Task A_key_sees_only_its_communities()
    {
        var owner = await host.RegisterAsync();
        var other = await host.ScalarAsync<long>(
            "insert into accounts.communities (tenant_id, name) values ($1, 'Other') returning id",
            owner.Tenant
        );
        var made = await owner.PostAsync(Path, new { name = "other", community_ids = new[] { other } });
        var me = await With(owner, made.Data.GetProperty("key").GetString()!).GetAsync("/api/v1/me");

        Assert.Equal(other, Assert.Single(me.Data.GetProperty("communities").EnumerateArray()).GetProperty("community_id").GetInt64());
        Assert.DoesNotContain("manage:members", made.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_never_exceeds_who_makes_it()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var viewer = await host.InviteAsync(owner, "viewer");

        Assert.Equal("permissions", await FieldAsync(viewer, new { name = "x", permissions = new[] { "read:workflows", "create:workflows" } }));
        Assert.Equal("permissions", await FieldAsync(owner, new { name = "x", permissions = new[] { "rule:world" } }));
        Assert.Equal("permissions", await FieldAsync(owner, new { name = "x", permissions = Array.Empty<string>() }));
        Assert.Equal(
            "permissions",
            await FieldAsync(
                owner,
                new
                {
                    name = "x",
                    permissions = new[] { "manage:members" },
                    community_ids = new[] { owner.Community },
                }
            )
        );
        Assert.Equal("community_ids", await FieldAsync(owner, new { name = "x", community_ids = new[] { stranger.Community } }));
        Assert.Equal("community_ids", await FieldAsync(owner, new { name = "x", community_ids = Array.Empty<long>() }));
        Assert.Equal("expires_at", await FieldAsync(owner, new { name = "x", expires_at = DateTimeOffset.UtcNow.AddDays(367) }));
        Assert.Equal("expires_at", await FieldAsync(owner, new { name = "x", expires_at = DateTimeOffset.UtcNow.AddSeconds(-1) }));
        Assert.Equal("name", await FieldAsync(owner, new { name = " " }));
    }

    [Fact]
    public async Task A_key_neither_makes_keys_nor_touches_sessions()
    {
        var owner = await host.RegisterAsync();
        var program = With(owner, (await owner.PostAsync(Path, new { name = "ci" })).Data.GetProperty("key").GetString()!);

        foreach (
            var answer in new[]
            {
                await program.PostAsync(Path, new { name = "another" }),
                await program.GetAsync(Path),
                await program.DeleteAsync($"{Path}/{Guid.NewGuid()}"),
                await program.GetAsync("/api/v1/me/sessions"),
                await program.DeleteAsync("/api/v1/me/sessions"),
                await program.PostAsync("/api/v1/auth/switch", new { tenant_id = owner.Tenant }),
            }
        )
        {
            Assert.Equal((403, "session.needed"), (answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task A_service_account_gets_its_keys_from_whoever_manages_it()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var viewer = await host.InviteAsync(owner, "viewer");
        var account = (await owner.PostAsync("/api/v1/service-accounts", new { name = "bot", role = "admin" })).Data.GetProperty("user_id").GetGuid();
        var made = await owner.PostAsync(Path, new { name = "ci", user_id = account });
        var bot = With(owner, made.Data.GetProperty("key").GetString()!);
        var id = made.Data.GetProperty("api_key_id").GetGuid();

        Assert.Equal(account, (await bot.GetAsync("/api/v1/me")).Data.GetProperty("user").GetProperty("user_id").GetGuid());
        Assert.DoesNotContain("delete:tenant", made.Text, StringComparison.Ordinal);
        Assert.Single((await owner.GetAsync($"{Path}?user_id={account}")).Data.EnumerateArray());
        Assert.Empty((await owner.GetAsync(Path)).Data.EnumerateArray());
        Assert.Equal(403, (await viewer.PostAsync(Path, new { name = "x", user_id = account })).Status);
        Assert.Equal(403, (await viewer.GetAsync($"{Path}?user_id={account}")).Status);
        Assert.Equal(404, (await viewer.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal(404, (await stranger.PostAsync(Path, new { name = "x", user_id = account })).Status);
        Assert.Equal(404, (await stranger.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Empty((await stranger.GetAsync($"{Path}?user_id={account}")).Data.EnumerateArray());

        // A person's key is that person's alone to make.
        var person = await host.ScalarAsync<Guid>("select id from accounts.users where email = $1", viewer.Email);
        Assert.Equal(404, (await owner.PostAsync(Path, new { name = "x", user_id = person })).Status);
        Assert.Equal(200, (await bot.GetAsync("/api/v1/me")).Status);
    }

    [Fact]
    public async Task Nobody_has_more_keys_than_the_limit()
    {
        var owner = await host.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 53).Select(_ => owner.PostAsync(Path, new { name = "x" })));

        Assert.Equal((50, 3), (answers.Count(a => a.Status == 201), answers.Count(a => a.Status == 409 && a.Reason == "api_key.too_many")));
    }

    private static async Task<string> FieldAsync(Member member, object body)
    {
        var refused = await member.PostAsync(Path, body);
        Assert.True(refused.Status == 400, refused.Text);
        return refused.Details.GetProperty("errors").EnumerateObject().Single().Name;
    }

    private Member With(Member member, string key)
    {
        var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return member with { Http = client };
    }

    private Member WithHeader(Member member, string key)
    {
        var client = host.Anonymous();
        client.DefaultRequestHeaders.Add("X-API-Key", key);
        return member with { Http = client };
    }
}
