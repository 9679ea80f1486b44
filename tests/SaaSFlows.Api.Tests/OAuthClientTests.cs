namespace SaaSFlows.Api.Tests;

public sealed class OAuthClientTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Path = "/api/v1/oauth-clients";

    [Fact]
    public async Task A_client_is_registered_listed_changed_and_deleted()
    {
        var owner = await host.RegisterAsync();
        var made = await owner.PostAsync(Path, new { name = " Portal ", redirect_uris = new[] { "https://portal.example.com/cb" } });
        Assert.Equal((201, "Portal", false), (made.Status, made.Data.GetProperty("name").GetString(), made.Data.GetProperty("public").GetBoolean()));
        Assert.StartsWith("sf_client_", made.Data.GetProperty("client_secret").GetString(), StringComparison.Ordinal);
        var id = made.Data.GetProperty("client_id").GetGuid();

        var changed = await owner.PatchAsync($"{Path}/{id}", new { redirect_uris = new[] { "http://localhost:3000/cb" } });
        Assert.Equal((200, "Portal"), (changed.Status, changed.Data.GetProperty("name").GetString()));
        Assert.False(changed.Data.TryGetProperty("client_secret", out _));
        Assert.Equal(changed.Data.GetRawText(), (await owner.GetAsync($"{Path}/{id}")).Data.GetRawText());
        Assert.Equal(changed.Data.GetRawText(), (await owner.GetAsync(Path)).Data[0].GetRawText());

        Assert.Equal(200, (await owner.DeleteAsync($"{Path}/{id}")).Status);
        Assert.Equal("oauth_client.not_found", (await owner.DeleteAsync($"{Path}/{id}")).Reason);
    }

    [Theory]
    [InlineData("http://app.example.com/cb")]
    [InlineData("https://app.example.com/cb#part")]
    [InlineData("https://me@app.example.com/cb")]
    [InlineData("https://app.example.com\\@evil.example/cb")]
    [InlineData("http://127.0.0.1.evil.example/cb")]
    [InlineData("http://127.0.0.1:0/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/cb")]
    [InlineData("https://app.example.com/ü")]
    [InlineData(null)]
    public async Task An_address_that_is_not_safe_is_not_registered(string? address)
    {
        var owner = await host.RegisterAsync();
        var refused = await owner.PostAsync(
            Path,
            new
            {
                name = "x",
                redirect_uris = new[] { address },
                post_logout_redirect_uris = new[] { address },
            }
        );

        Assert.Equal(
            ["redirect_uris", "post_logout_redirect_uris"],
            refused.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name)
        );
    }

    [Fact]
    public async Task A_new_secret_ends_the_one_before()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        var secret = (await owner.PostAsync($"{Path}/{app.Id}/secret")).Data.GetProperty("client_secret").GetString();

        Assert.Equal(401, (await app.IntrospectAsync("x")).Status);
        Assert.Equal(200, (await (app with { Secret = secret }).IntrospectAsync("x")).Status);
        var open = await OpenIdApp.RegisterAsync(host, owner, isPublic: true);
        Assert.Equal("oauth_client.public", (await owner.PostAsync($"{Path}/{open.Id}/secret")).Reason);
    }

    [Fact]
    public async Task Client_credentials_end_with_their_service_account_and_do_what_its_role_does()
    {
        var owner = await host.RegisterAsync();
        var robot = (await owner.PostAsync("/api/v1/service-accounts", new { name = "robot", role = "viewer" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var app = await OpenIdApp.RegisterAsync(host, owner, serviceAccount: robot);
        var tokens = await app.PostAsync("token", ("grant_type", "client_credentials"));
        var program = app.As(owner, tokens.Json.GetProperty("access_token").GetString()!);
        Assert.Equal((200, "permissions"), (tokens.Status, tokens.Json.GetProperty("scope").GetString()));
        Assert.Equal(200, (await program.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal(403, (await program.PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Status);
        Assert.Equal("session.needed", (await program.GetAsync("/api/v1/me/sessions")).Reason);

        // An app that people sign in to speaks for nobody by itself.
        var portal = await OpenIdApp.RegisterAsync(host, owner);
        Assert.Equal(
            "unauthorized_client",
            (await portal.PostAsync("token", ("grant_type", "client_credentials"))).Json.GetProperty("error").GetString()
        );

        await owner.DeleteAsync($"/api/v1/service-accounts/{robot}");
        Assert.Equal("invalid_client", (await app.PostAsync("token", ("grant_type", "client_credentials"))).Json.GetProperty("error").GetString());
        Assert.Equal(0, await host.CountAsync("select count(*) from accounts.sessions where user_id = $1", robot));
    }

    [Fact]
    public async Task Nobody_makes_credentials_for_a_program_that_may_do_more_or_is_a_person()
    {
        var owner = await host.RegisterAsync();
        var robot = (await owner.PostAsync("/api/v1/service-accounts", new { name = "robot", role = "admin" })).Data.GetProperty("user_id").GetGuid();
        var role = (
            await owner.PostAsync("/api/v1/roles", new { name = "Registrar", permissions = new[] { "manage:tenant", "manage:service_accounts" } })
        )
            .Data.GetProperty("role")
            .GetString();
        var registrar = await host.InviteAsync(owner, "viewer");
        Assert.Equal(200, (await owner.PatchAsync($"/api/v1/members/{registrar.Id}", new { role })).Status);
        registrar = await host.SignInAsync(registrar);
        var stranger = await host.RegisterAsync();

        Assert.Equal(403, (await registrar.PostAsync(Path, new { name = "x", service_account_id = robot })).Status);
        Assert.Equal("service_account.not_found", (await owner.PostAsync(Path, new { name = "x", service_account_id = registrar.Id })).Reason);
        Assert.Equal("service_account.not_found", (await stranger.PostAsync(Path, new { name = "x", service_account_id = robot })).Reason);
        Assert.Equal(
            400,
            (
                await owner.PostAsync(
                    Path,
                    new
                    {
                        name = "x",
                        service_account_id = robot,
                        @public = true,
                    }
                )
            ).Status
        );
        var app = await OpenIdApp.RegisterAsync(host, owner, serviceAccount: robot);
        Assert.Equal(403, (await registrar.PostAsync($"{Path}/{app.Id}/secret")).Status);
        Assert.Equal(404, (await stranger.GetAsync($"{Path}/{app.Id}")).Status);
        Assert.Equal(404, (await stranger.PostAsync($"{Path}/{app.Id}/secret")).Status);
    }
}
