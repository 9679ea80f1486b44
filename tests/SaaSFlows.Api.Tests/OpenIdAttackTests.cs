using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>What thieves, forgers and other tenants try with codes and tokens.</summary>
public sealed class OpenIdAttackTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refresh_token_that_comes_twice_ends_its_family()
    {
        var (owner, app) = await StartAsync();
        var first = await app.SignInAsync(owner);
        var second = (await app.RefreshAsync(Text(first, "refresh_token"))).Json;
        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(first, "refresh_token"))));

        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(second, "refresh_token"))));
        await IsOutAsync(app.As(owner, Text(second, "access_token")));
        Assert.Equal(
            1,
            await host.CountAsync("select count(*) from accounts.audit_entries where tenant_id = $1 and action = 'auth.refresh_reused'", owner.Tenant)
        );
    }

    [Fact]
    public async Task A_code_that_comes_twice_ends_what_it_made()
    {
        var (owner, app) = await StartAsync();
        using var browser = await OpenIdApp.BrowserAsync(host, owner);
        var code = await app.CodeAsync(browser);
        var tokens = (await app.RedeemAsync(code)).Json;
        Assert.Equal("invalid_grant", Error(await app.RedeemAsync(code)));

        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(tokens, "refresh_token"))));
        await IsOutAsync(app.As(owner, Text(tokens, "access_token")));
        Assert.Equal(
            1,
            await host.CountAsync("select count(*) from accounts.audit_entries where tenant_id = $1 and action = 'auth.code_reused'", owner.Tenant)
        );
    }

    [Fact]
    public async Task Of_two_with_one_code_at_the_same_moment_none_keeps_anything()
    {
        var (owner, app) = await StartAsync();
        using var browser = await OpenIdApp.BrowserAsync(host, owner);
        var code = await app.CodeAsync(browser);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => app.RedeemAsync(code)));

        var won = Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(won.Json, "refresh_token"))));
    }

    [Theory]
    [InlineData("verifier")]
    [InlineData("challenge")]
    [InlineData("none")]
    [InlineData("redirect")]
    [InlineData("no redirect")]
    [InlineData("client")]
    [InlineData("minute")]
    [InlineData("browser")]
    [InlineData("member")]
    public async Task A_code_is_good_only_for_what_it_was_made_for(string wrong)
    {
        var (owner, app) = await StartAsync();
        var member = await host.InviteAsync(owner, "editor");
        using var browser = await OpenIdApp.BrowserAsync(host, member);
        var code = await app.CodeAsync(browser);
        if (wrong == "minute")
        {
            await host.CountAsync("update accounts.authorization_codes set expires_at = now() where client_id = $1 returning 1", Guid.Parse(app.Id));
        }
        else if (wrong == "browser")
        {
            Assert.Equal(200, (int)(await browser.PostAsync("/api/v1/auth/logout", null, Ct)).StatusCode);
        }
        else if (wrong == "member")
        {
            await owner.DeleteAsync($"/api/v1/members/{member.Id}");
        }

        var redeemer = wrong == "client" ? await OpenIdApp.RegisterAsync(host, owner) : app;
        var answer = await redeemer.RedeemAsync(
            code,
            wrong switch
            {
                "redirect" => OpenIdApp.Callback + "/",
                "no redirect" => null,
                _ => OpenIdApp.Callback,
            },
            wrong switch
            {
                "verifier" => new string('a', 43),
                "challenge" => Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(app.Verifier))),
                "none" => "",
                "client" => app.Verifier,
                _ => null,
            }
        );
        Assert.Equal((400, "invalid_grant"), (answer.Status, Error(answer)));

        // Whoever guesses wrong does not guess again; another client's guess changes nothing.
        Assert.Equal(wrong == "client" ? 200 : 400, (await app.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("https://app.example.com/callback/")]
    [InlineData("https://app.example.com/callback?x=1")]
    [InlineData("https://app.example.com/callback#x")]
    [InlineData("https://app.example.com/Callback")]
    [InlineData("https://app.example.com:8443/callback")]
    [InlineData("https://app.example.com.evil.example/callback")]
    [InlineData("https://app.example.com@evil.example/callback")]
    [InlineData("https://evil.example/callback")]
    [InlineData("http://app.example.com/callback")]
    [InlineData("http://127.0.0.1:80@evil.example/native")]
    [InlineData("http://127.0.0.1:5000/native/../other")]
    [InlineData("http://127.0.0.1:0/native")]
    [InlineData("http://127.0.0.1:65536/native")]
    [InlineData("http://127.0.0.1:99999/native")]
    [InlineData("http://127.0.0.2/native")]
    [InlineData("http://localhost:5000/native")]
    [InlineData("//evil.example/callback")]
    [InlineData("")]
    public async Task A_browser_is_sent_to_registered_addresses_only(string address)
    {
        var (owner, app) = await StartAsync();
        using var browser = await OpenIdApp.BrowserAsync(host, owner);
        var answer = await app.AuthorizeAsync(browser, OpenIdApp.Everything, ("redirect_uri", address));

        Assert.Equal((400, (Uri?)null), ((int)answer.StatusCode, answer.Headers.Location));
    }

    [Theory]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", "no:such", "invalid_scope")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("max_age", "-1", "invalid_request")]
    [InlineData("nonce", "a\0b", "invalid_request")]
    [InlineData("request", "eyJ", "request_not_supported")]
    public async Task What_is_not_as_strict_as_we_are_gets_no_code(string name, string? value, string error)
    {
        var (owner, app) = await StartAsync();
        using var browser = await OpenIdApp.BrowserAsync(host, owner);
        var answer = OpenIdApp.Query(await app.AuthorizeAsync(browser, OpenIdApp.Everything, (name, value)));

        Assert.Equal((error, "a state & more", false), (answer["error"], answer["state"], answer.ContainsKey("code")));
    }

    [Fact]
    public async Task Another_tenants_client_gets_nothing_of_a_user()
    {
        var (_, app) = await StartAsync();
        var stranger = await host.RegisterAsync();
        using var browser = await OpenIdApp.BrowserAsync(host, stranger);
        Assert.Equal("access_denied", OpenIdApp.Query(await app.AuthorizeAsync(browser))["error"]);

        // Nor does its secret open anything of the other tenant.
        var token = stranger.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        Assert.Equal("""{"active":false}""", (await app.IntrospectAsync(token)).Text);
    }

    [Fact]
    public async Task An_access_token_is_no_browser()
    {
        var (owner, app) = await StartAsync();
        using var thief = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        thief.DefaultRequestHeaders.Authorization = owner.Http.DefaultRequestHeaders.Authorization;

        Assert.StartsWith("/sign-in?", (await app.AuthorizeAsync(thief)).Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refresh_token_in_other_hands_is_refused_and_ends()
    {
        var (owner, app) = await StartAsync();
        var thief = await OpenIdApp.RegisterAsync(host, owner, isPublic: true);
        var token = Text(await app.SignInAsync(owner), "refresh_token");
        Assert.Equal("invalid_grant", Error(await thief.RefreshAsync(token)));
        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(token)));

        // The product's own door takes no client's token, and a client's door none of the product's.
        token = Text(await app.SignInAsync(owner), "refresh_token");
        Assert.Equal(401, (await owner.PostAsync("/api/v1/auth/refresh", new { refresh_token = token })).Status);
        var own = await Answer.FromAsync(
            await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                host.Anonymous(),
                "/api/v1/auth/login",
                new { email = owner.Email, password = Member.Password },
                Ct
            )
        );
        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(own.Json, "refresh_token"))));
    }

    [Fact]
    public async Task Neither_token_passes_as_the_other_and_none_without_a_signature()
    {
        var (owner, app) = await StartAsync();
        var tokens = await app.SignInAsync(owner);
        var (access, id) = (Text(tokens, "access_token"), Text(tokens, "id_token"));
        string Unsigned(string token, string type) =>
            $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"none","typ":"{{type}}"}"""))}.{token.Split('.')[1]}.";

        Assert.Equal(200, (await app.As(owner, access).GetAsync("/api/v1/me")).Status);
        foreach (
            var forged in new[]
            {
                id,
                Unsigned(access, "at+jwt"),
                access[..access.LastIndexOf('.')] + ".",
                id.Split('.')[0] + access[access.IndexOf('.', StringComparison.Ordinal)..],
            }
        )
        {
            Assert.Equal(401, (await app.As(owner, forged).GetAsync("/api/v1/me")).Status);
            Assert.Equal("""{"active":false}""", (await app.IntrospectAsync(forged)).Text);
        }

        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        foreach (var hint in new[] { access, Unsigned(id, "JWT"), "x" })
        {
            Assert.Equal(400, (int)(await browser.GetAsync($"/connect/logout?id_token_hint={hint}", Ct)).StatusCode);
        }

        Assert.Equal(
            400,
            (int)(await browser.GetAsync($"/connect/logout?id_token_hint={id}&post_logout_redirect_uri=https://evil.example/", Ct)).StatusCode
        );
        Assert.Equal(200, (await app.RefreshAsync(Text(tokens, "refresh_token"))).Status);
    }

    [Theory]
    [InlineData("suspended tenant")]
    [InlineData("removed member")]
    [InlineData("ended session")]
    [InlineData("new password")]
    public async Task What_has_ended_refreshes_nothing(string what)
    {
        var (owner, app) = await StartAsync();
        var member = await host.InviteAsync(owner, "editor");
        var tokens = await app.SignInAsync(member);
        var program = app.As(member, Text(tokens, "access_token"));
        switch (what)
        {
            case "suspended tenant":
                await host.CountAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1 returning 1", owner.Tenant);
                break;
            case "removed member":
                await owner.DeleteAsync($"/api/v1/members/{member.Id}");
                break;
            case "ended session":
                await member.DeleteAsync("/api/v1/me/sessions");
                break;
            default:
                Assert.Equal(
                    200,
                    (
                        await member.PostAsync(
                            "/api/v1/me/password",
                            new { current_password = Member.Password, new_password = "another horse battery" }
                        )
                    ).Status
                );
                break;
        }

        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(tokens, "refresh_token"))));
        await IsOutAsync(program);
        Assert.Equal("""{"active":false}""", (await app.IntrospectAsync(Text(tokens, "access_token"))).Text);
    }

    [Fact]
    public async Task Guesses_at_a_secret_have_to_wait_and_keep_no_other_client_out()
    {
        var (owner, app) = await StartAsync();
        var bystander = await OpenIdApp.RegisterAsync(host, owner);
        var guesser = app with { Secret = "sf_client_wrong" };
        for (var guess = 0; guess < 5; guess++)
        {
            var wrong = await guesser.PostAsync("token", ("grant_type", "client_credentials"));
            Assert.Equal((401, "invalid_client"), (wrong.Status, Error(wrong)));
            Assert.StartsWith("Basic", wrong.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(429, (await guesser.PostAsync("token", ("grant_type", "client_credentials"))).Status);
        // Not even the right one is looked at.
        var right = await app.IntrospectAsync("x");
        Assert.Equal(429, right.Status);
        Assert.True(right.Response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.Equal(200, (await bystander.IntrospectAsync("x")).Status);
    }

    [Fact]
    public async Task A_client_shows_its_secret_in_one_place_and_only_if_it_has_one()
    {
        var (owner, app) = await StartAsync();
        var open = await OpenIdApp.RegisterAsync(host, owner, isPublic: true);

        Assert.Equal((401, "invalid_client"), await TryAsync(app with { Secret = null }));
        Assert.Equal((401, "invalid_client"), await TryAsync(open with { Secret = app.Secret }));
        Assert.Equal((401, "invalid_client"), await TryAsync(open));
        Assert.Equal((401, "invalid_client"), await TryAsync(app with { Id = "x\0y" }));
        using var both = host.Anonymous();
        both.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes($"{app.Id}:{app.Secret}"))
        );
        var twice = await both.PostAsync("/connect/introspect", new FormUrlEncodedContent([new("token", "x"), new("client_secret", app.Secret)]), Ct);
        Assert.Equal(400, (int)twice.StatusCode);
        var json = await both.PostAsync("/connect/introspect", new StringContent("{}", Encoding.UTF8, "application/json"), Ct);
        Assert.Equal(400, (int)json.StatusCode);
        Assert.Equal(200, (int)(await both.PostAsync("/connect/introspect", new FormUrlEncodedContent([new("token", "x")]), Ct)).StatusCode);

        static async Task<(int, string)> TryAsync(OpenIdApp client)
        {
            var answer = await client.IntrospectAsync("x");
            return (answer.Status, Error(answer));
        }
    }

    [Fact]
    public async Task Only_its_own_client_revokes_a_token()
    {
        var (owner, app) = await StartAsync();
        var other = await OpenIdApp.RegisterAsync(host, owner);
        var tokens = await app.SignInAsync(owner);

        Assert.Equal(200, (await other.PostAsync("revoke", ("token", Text(tokens, "refresh_token")))).Status);
        Assert.Equal(200, (await other.PostAsync("revoke", ("token", Text(tokens, "access_token")))).Status);
        Assert.False((await other.IntrospectAsync(Text(tokens, "refresh_token"))).Json.GetProperty("active").GetBoolean());
        Assert.True((await app.IntrospectAsync(Text(tokens, "refresh_token"))).Json.GetProperty("active").GetBoolean());
        Assert.Equal(200, (await app.PostAsync("revoke", ("token", Text(tokens, "access_token")))).Status);
        Assert.Equal("invalid_grant", Error(await app.RefreshAsync(Text(tokens, "refresh_token"))));
    }

    private static string Text(System.Text.Json.JsonElement body, string name) => body.GetProperty(name).GetString()!;

    private static string Error(Answer answer) => answer.Json.GetProperty("error").GetString()!;

    private static Task IsOutAsync(Member program) => Eventually.True(async () => (await program.GetAsync("/api/v1/me")).Status == 401, Soon, Ct);

    private async Task<(Member Owner, OpenIdApp App)> StartAsync()
    {
        var owner = await host.RegisterAsync();
        return (owner, await OpenIdApp.RegisterAsync(host, owner));
    }
}
