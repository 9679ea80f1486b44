using System.Net.Http.Json;

namespace SaaSFlows.Api.Tests;

/// <summary>What a host or a path says about the tenant holds on every route.</summary>
public sealed class NamedTenantTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Elsewhere = "tenant.other_address";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/v1/status")]
    [InlineData("GET", "/api/v1/openapi.json")]
    [InlineData("GET", "/.well-known/jwks.json")]
    [InlineData("GET", "/api/v1/me")]
    [InlineData("GET", "/")]
    [InlineData("GET", "/workflows")]
    [InlineData("GET", "/no/such/route")]
    [InlineData("POST", "/api/v1/auth/login")]
    [InlineData("POST", "/api/v1/auth/register")]
    [InlineData("POST", "/api/v1/auth/refresh")]
    [InlineData("POST", "/api/v1/workflows/webhooks/whtok_x")]
    public async Task A_host_that_names_no_tenant_of_ours_is_not_found_on_any_route(string method, string path)
    {
        foreach (var name in new[] { "no-such-tenant.localhost", "no-such-tenant.localhost.", "a.b.localhost:8070", "www.no-such-tenant.localhost" })
        {
            var answer = await SendAsync(method, path, name);
            Assert.Equal((404, "tenant.not_found"), (answer.Status, answer.Reason));
        }
    }

    [Fact]
    public async Task Credentials_of_another_tenant_are_refused_at_a_tenants_address()
    {
        var (owner, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var (own, foreign) = (await SlugAsync(owner), await SlugAsync(other));
        var token = owner.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var key = (await owner.PostAsync("/api/v1/api-keys", new { name = "k" })).Data.GetProperty("key").GetString()!;
        var cookie = await CookieAsync(owner);
        Action<HttpRequestMessage>[] credentials =
        [
            r => r.Headers.Authorization = new("Bearer", token),
            r => r.Headers.Authorization = new("Bearer", key),
            r => r.Headers.Add("X-API-Key", key),
            r => r.Headers.Add("Cookie", $"saasflows_session={cookie}"),
        ];

        foreach (var with in credentials)
        {
            Assert.Equal(200, (await SendAsync("GET", "/api/v1/me", $"{own}.localhost", with)).Status);
            Assert.Equal(200, (await SendAsync("GET", "/api/v1/me", $"{own.ToUpperInvariant()}.LocalHost:8070", with)).Status);
            Assert.Equal(200, (await SendAsync("GET", $"/t/{own}/api/v1/me", null, with)).Status);
            foreach (var (name, status) in new[] { (own, 200), ($"{owner.Tenant}", 200), (foreign, 403), ($"{other.Tenant}", 403), ("nobody", 403) })
            {
                var answer = await SendAsync("GET", "/api/v1/me", null, with + (r => r.Headers.Add("X-Tenant", name)));
                Assert.Equal((status, status == 403 ? Elsewhere : null), (answer.Status, answer.Status == 403 ? answer.Reason : null));
            }

            // Also on a route that is open to everybody, and one that does not exist.
            foreach (var path in new[] { "/api/v1/me", "/api/v1/workflows", "/api/v1/status", "/api/v1/none" })
            {
                foreach (
                    var refused in new[]
                    {
                        await SendAsync("GET", path, $"{foreign}.localhost", with),
                        await SendAsync("GET", $"/t/{foreign}{path}", null, with),
                    }
                )
                {
                    Assert.Equal((403, Elsewhere), (refused.Status, refused.Reason));
                }
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.1.2.3:8070")]
    [InlineData("[::1]:8070")]
    [InlineData("localhost")]
    [InlineData("www.localhost")]
    [InlineData("flows.example.com")]
    [InlineData("notlocalhost")]
    public async Task Hosts_that_name_no_tenant_go_on(string? name)
    {
        var owner = await host.RegisterAsync();

        Assert.Equal(200, (await SendAsync("GET", "/health", name)).Status);
        Assert.Equal(
            200,
            (await SendAsync("GET", "/api/v1/me", name, r => r.Headers.Authorization = owner.Http.DefaultRequestHeaders.Authorization)).Status
        );
    }

    [Fact]
    public async Task A_path_names_a_tenant_before_any_route_of_the_api()
    {
        var owner = await host.RegisterAsync();
        var slug = await SlugAsync(owner);

        Assert.Equal(200, (await owner.GetAsync($"/t/{slug}/api/v1/workflows")).Status);
        Assert.Equal(200, (await SendAsync("GET", $"/t/{slug}/api/v1/status", null)).Status);
        Assert.Equal("tenant.not_found", (await owner.GetAsync("/t/no-such-tenant/api/v1/workflows")).Reason);
        Assert.Equal("tenant.not_found", (await SendAsync("GET", $"/t/{slug}/api/v1/status", "no-such-tenant.localhost")).Reason);
        var other = await SlugAsync(await host.RegisterAsync());
        Assert.Equal("tenant.not_found", (await SendAsync("GET", $"/t/{slug}/api/v1/status", $"{other}.localhost")).Reason);
        var login = await SendAsync(
            "POST",
            $"/t/{slug}/api/v1/auth/login",
            null,
            r => r.Content = JsonContent.Create(new { email = owner.Email, password = Member.Password })
        );
        Assert.Equal(slug, login.Data.GetProperty("tenant").GetProperty("slug").GetString());
    }

    [Fact]
    public async Task A_webhook_is_found_at_its_own_tenants_address_only()
    {
        var (owner, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var path = await owner.WebhookAsync(await owner.PublishAsync(Graphs.Webhook.Nodes, Graphs.Webhook.Connections));
        static void Empty(HttpRequestMessage request) => request.Content = JsonContent.Create(new { });

        Assert.Equal(404, (await SendAsync("POST", path, $"{await SlugAsync(other)}.localhost", Empty)).Status);
        Assert.Equal(200, (await SendAsync("POST", path, $"{await SlugAsync(owner)}.localhost", Empty)).Status);
        Assert.Equal(200, (await SendAsync("POST", path, null, Empty)).Status);
    }

    [Fact]
    public async Task A_tenants_address_leads_to_no_session_in_another()
    {
        var owner = await host.RegisterAsync();
        var member = await host.InviteAsync(owner, "viewer");
        var own = (await member.GetAsync("/api/v1/me/tenants")).Data[1].GetProperty("slug").GetString()!;
        var (here, elsewhere) = (await SlugAsync(owner), $"{own}.localhost");
        void As(HttpRequestMessage request, object body) =>
            (request.Headers.Authorization, request.Content) = (member.Http.DefaultRequestHeaders.Authorization, JsonContent.Create(body));

        var register = new
        {
            tenant_name = "New",
            email = $"{Guid.NewGuid():N}@example.com",
            password = Member.Password,
        };
        Assert.Equal(
            (409, Elsewhere),
            Shown(await SendAsync("POST", "/api/v1/auth/register", elsewhere, r => r.Content = JsonContent.Create(register)))
        );
        Assert.Equal(0, await host.CountAsync("select count(*) from accounts.users where email = $1", register.email));
        Assert.Equal((409, Elsewhere), Shown(await SendAsync("POST", "/api/v1/auth/switch", $"{here}.localhost", r => As(r, new { slug = own }))));

        var signedIn = await SendAsync(
            "POST",
            "/api/v1/auth/login",
            $"{here}.localhost",
            r => As(r, new { email = member.Email, password = Member.Password })
        );
        var refresh = new { refresh_token = signedIn.Data.GetProperty("refresh_token").GetString() };
        Assert.Equal(401, (await SendAsync("POST", "/api/v1/auth/refresh", elsewhere, r => r.Content = JsonContent.Create(refresh))).Status);
        // It is as good as before, where it belongs.
        Assert.Equal(
            200,
            (await SendAsync("POST", "/api/v1/auth/refresh", $"{here}.localhost", r => r.Content = JsonContent.Create(refresh))).Status
        );
    }

    [Fact]
    public async Task An_invitation_leads_to_the_product_and_is_unknown_at_another_tenants_address()
    {
        var (owner, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var made = await SendAsync(
            "POST",
            "/api/v1/invitations",
            $"{await SlugAsync(owner)}.localhost:8070",
            r =>
                (r.Headers.Authorization, r.Content) = (
                    owner.Http.DefaultRequestHeaders.Authorization,
                    JsonContent.Create(new { email = $"{Guid.NewGuid():N}@example.com", role = "viewer" })
                )
        );
        var token = made.Data.GetProperty("token").GetString();
        Assert.Equal($"http://localhost:8070/invitations/{token}", made.Data.GetProperty("link").GetString());

        var foreign = $"{await SlugAsync(other)}.localhost";
        Assert.Equal(404, (await SendAsync("GET", $"/api/v1/invitations/{token}", foreign)).Status);
        Assert.Equal(
            404,
            (
                await SendAsync(
                    "POST",
                    $"/api/v1/invitations/{token}/accept",
                    foreign,
                    r => r.Content = JsonContent.Create(new { password = Member.Password })
                )
            ).Status
        );
        Assert.Equal(200, (await SendAsync("GET", $"/api/v1/invitations/{token}", $"{await SlugAsync(owner)}.localhost")).Status);
    }

    [Fact]
    public async Task Nobody_names_a_host_for_a_proxy_that_is_not_there()
    {
        var answer = await SendAsync("GET", "/api/v1/status", "localhost", r => r.Headers.Add("X-Forwarded-Host", "no-such-tenant.localhost"));

        Assert.Equal(200, answer.Status);
    }

    private static (int, string?) Shown(Answer answer) => (answer.Status, answer.Reason);

    private static async Task<string> SlugAsync(Member member) => (await member.GetAsync("/api/v1/tenant")).Data.GetProperty("slug").GetString()!;

    private async Task<string> CookieAsync(Member member)
    {
        var login = await host.Anonymous()
            .PostAsJsonAsync(
                "/api/v1/auth/login",
                new
                {
                    email = member.Email,
                    password = Member.Password,
                    cookie = true,
                },
                Ct
            );
        return login
            .Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("saasflows_session=", StringComparison.Ordinal))
            .Split('=', 2)[1]
            .Split(';')[0];
    }

    private Task<Answer> SendAsync(string method, string path, string? name, Action<HttpRequestMessage>? with = null) =>
        host.SendAsync(method, path, name, with);
}

/// <summary>A host behind a proxy.</summary>
public sealed class ProxiedHost : ApiHost
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("FORWARDEDHEADERS_ENABLED", "true")];
}

public sealed class ProxiedTenantTests(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    [Fact]
    public async Task Behind_a_proxy_its_word_about_the_host_counts()
    {
        var answer = await host.SendAsync("GET", "/api/v1/status", "localhost", r => r.Headers.Add("X-Forwarded-Host", "no-such-tenant.localhost"));

        Assert.Equal((404, "tenant.not_found"), (answer.Status, answer.Reason));
    }
}

internal static class HostHeaders
{
    /// <summary>A request with a Host header of its own.</summary>
    public static async Task<Answer> SendAsync(this ApiHost host, string method, string path, string? name, Action<HttpRequestMessage>? with)
    {
        using var client = host.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = name;
        with?.Invoke(request);
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        // No contract of a route: that a name is unknown is answered before there is one.
        return new((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }
}
