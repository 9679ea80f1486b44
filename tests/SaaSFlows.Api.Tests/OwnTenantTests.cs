using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace SaaSFlows.Api.Tests;

public sealed class OwnTenantTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Switching_begins_a_session_in_another_own_tenant()
    {
        var owner = await host.RegisterAsync("Guild");
        var member = await host.InviteAsync(owner, "viewer");
        var own = (await member.GetAsync("/api/v1/me/tenants")).Data.EnumerateArray().ToList();
        Assert.Equal(["Guild", "Own tenant of a member"], own.Select(t => t.GetProperty("name").GetString()));
        Assert.Equal([true, false], own.Select(t => t.GetProperty("is_current").GetBoolean()));
        Assert.Equal(["viewer", "owner"], own.Select(t => t.GetProperty("role").GetString()));

        var bySlug = await member.PostAsync("/api/v1/auth/switch", new { slug = own[1].GetProperty("slug").GetString() });
        var byId = await member.PostAsync("/api/v1/auth/switch", new { tenant_id = own[1].GetProperty("tenant_id").GetGuid() });

        Assert.All(
            [bySlug, byId],
            switched => Assert.Equal("Own tenant of a member", switched.Data.GetProperty("tenant").GetProperty("name").GetString())
        );
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bySlug.Json.GetProperty("token").GetString());
        var there = await Answer.FromAsync(await client.GetAsync("/api/v1/me", Ct));
        Assert.Equal("Own tenant of a member", there.Data.GetProperty("tenant").GetProperty("name").GetString());
        Assert.Contains("manage:members", there.Data.GetProperty("permissions").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal("Guild", (await member.GetAsync("/api/v1/me")).Data.GetProperty("tenant").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Tenants_that_are_not_ones_own_are_unknown()
    {
        var (owner, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var slug = (await owner.GetAsync("/api/v1/me")).Data.GetProperty("tenant").GetProperty("slug").GetString();

        foreach (
            var body in new object[]
            {
                new { tenant_id = owner.Tenant },
                new { slug },
                new { slug = "no-such-tenant" },
                new { tenant_id = Guid.Empty },
            }
        )
        {
            var answer = await stranger.PostAsync("/api/v1/auth/switch", body);
            Assert.Equal((404, "tenant.not_found"), (answer.Status, answer.Reason));
        }

        Assert.Equal(400, (await stranger.PostAsync("/api/v1/auth/switch", new { })).Status);
        Assert.Equal(400, (await stranger.PostAsync("/api/v1/auth/switch", new { tenant_id = owner.Tenant, slug })).Status);
    }

    [Theory]
    [InlineData("body")]
    [InlineData("host")]
    [InlineData("path")]
    public async Task Sign_in_to_a_named_tenant_opens_that_one_or_none(string where)
    {
        var owner = await host.RegisterAsync("Guild");
        var member = await host.InviteAsync(owner, "viewer");
        var stranger = await host.RegisterAsync();
        var own = (await member.GetAsync("/api/v1/me/tenants")).Data[1].GetProperty("slug").GetString()!;
        var foreign = (await stranger.GetAsync("/api/v1/me")).Data.GetProperty("tenant").GetProperty("slug").GetString()!;

        Assert.Equal(own, (await LoginAsync(member, where, own)).Data.GetProperty("tenant").GetProperty("slug").GetString());
        foreach (var slug in new[] { foreign, "no-such-tenant", "a.b" })
        {
            var refused = await LoginAsync(member, where, slug);
            Assert.Equal((404, "tenant.not_found"), (refused.Status, refused.Reason));
        }

        // Who has not shown the password is told nothing about tenants.
        Assert.Equal(401, (await LoginAsync(member with { Email = "nobody@example.com" }, where, foreign)).Status);
    }

    [Fact]
    public async Task Sign_in_that_names_two_tenants_is_refused()
    {
        var owner = await host.RegisterAsync();
        var slug = (await owner.GetAsync("/api/v1/me")).Data.GetProperty("tenant").GetProperty("slug").GetString()!;

        Assert.Equal(404, (await LoginAsync(owner, "host", slug, body: "another")).Status);
        Assert.Equal(200, (await LoginAsync(owner, "host", slug, body: slug)).Status);
        Assert.Equal(200, (await LoginAsync(owner, "host", "www", body: slug)).Status);
    }

    [Fact]
    public async Task Of_those_who_register_one_slug_at_the_same_moment_one_gets_it()
    {
        var slug = $"t{Guid.NewGuid():N}";
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(async _ =>
                {
                    var body = new
                    {
                        tenant_name = "Racer",
                        email = $"{Guid.NewGuid():N}@example.com",
                        password = Member.Password,
                        slug,
                    };
                    return await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync("/api/v1/auth/register", body, Ct));
                })
        );

        Assert.Equal(slug, Assert.Single(answers, a => a.Status == 201).Data.GetProperty("tenant").GetProperty("slug").GetString());
        Assert.All(answers.Where(a => a.Status != 201), a => Assert.Equal((409, "slug.taken"), (a.Status, a.Reason)));
        Assert.Equal(1, await host.CountAsync("select count(*) from accounts.tenants where slug = $1", slug));
        Assert.Equal(
            1,
            await host.CountAsync(
                "select count(*) from accounts.users u join accounts.memberships m on m.user_id = u.id join accounts.tenants t using (tenant_id) "
                    + "where t.name = 'Racer'"
            )
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("ünder")]
    [InlineData("api")]
    [InlineData("admin")]
    public async Task Slugs_are_checked(string slug)
    {
        var body = new
        {
            tenant_name = "Acme",
            email = $"{Guid.NewGuid():N}@example.com",
            password = Member.Password,
            slug,
        };
        var answer = await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync("/api/v1/auth/register", body, Ct));

        Assert.Equal(400, answer.Status);
        Assert.True(answer.Details.GetProperty("errors").TryGetProperty("slug", out _));
    }

    [Fact]
    public async Task A_tenant_called_like_a_reserved_slug_gets_another()
    {
        var owner = await host.RegisterAsync("Admin");

        Assert.StartsWith("admin-team", (await owner.GetAsync("/api/v1/tenant")).Data.GetProperty("slug").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_that_switches_has_one_session_as_before()
    {
        var owner = await host.RegisterAsync("Guild");
        var member = await host.InviteAsync(owner, "viewer");
        var login = await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/login",
                    new
                    {
                        email = member.Email,
                        password = Member.Password,
                        cookie = true,
                    },
                    Ct
                )
        );
        var cookies = login.Response.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]).ToList();
        var before = await host.CountAsync(
            "select count(*) from accounts.sessions s join accounts.users u on u.id = s.user_id where u.email = $1",
            member.Email
        );
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies));
        var own = (await member.GetAsync("/api/v1/me/tenants")).Data[1].GetProperty("slug").GetString();

        var forged = await Answer.FromAsync(await client.PostAsJsonAsync("/api/v1/auth/switch", new { slug = own }, Ct));
        client.DefaultRequestHeaders.Add(
            "X-CSRF-Token",
            cookies.Single(c => c.StartsWith("saasflows_csrf=", StringComparison.Ordinal))["saasflows_csrf=".Length..]
        );
        var switched = await Answer.FromAsync(await client.PostAsJsonAsync("/api/v1/auth/switch", new { slug = own }, Ct));

        Assert.Equal((403, 200), (forged.Status, switched.Status));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, switched.Json.GetProperty("token").ValueKind);
        Assert.Equal(3, switched.Response.Headers.GetValues("Set-Cookie").Count());
        Assert.Equal(
            before,
            await host.CountAsync(
                "select count(*) from accounts.sessions s join accounts.users u on u.id = s.user_id where u.email = $1",
                member.Email
            )
        );
    }

    private async Task<Answer> LoginAsync(Member member, string where, string slug, string? body = null)
    {
        var path = where == "path" ? $"/api/v1/tenants/{slug}/auth/login" : "/api/v1/auth/login";
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = JsonContent.Create(
                new
                {
                    email = member.Email,
                    password = Member.Password,
                    tenant = where == "body" ? slug : body,
                }
            ),
        };
        if (where == "host")
        {
            request.Headers.Host = $"{slug}.localhost:{host.Address.Port}";
        }

        return await Answer.FromAsync(await host.Anonymous().SendAsync(request, Ct));
    }
}
