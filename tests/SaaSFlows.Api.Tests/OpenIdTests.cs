using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.LocalSetup;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>Signing in to other programs with an account of ours.</summary>
public sealed class OpenIdTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_certified_client_signs_in_refreshes_asks_and_revokes()
    {
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, Ct);
        var owner = await host.RegisterAsync();
        var robot = (await owner.PostAsync("/api/v1/service-accounts", new { name = "robot", role = "editor" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var (app, native, service) = (
            await OpenIdApp.RegisterAsync(host, owner),
            await OpenIdApp.RegisterAsync(host, owner, isPublic: true),
            await OpenIdApp.RegisterAsync(host, owner, serviceAccount: robot)
        );
        using var discovery = await host.Anonymous().GetAsync("/.well-known/openid-configuration", Ct);
        var start = new ProcessStartInfo("node", [Path.Combine(root, "tests", "SaaSFlows.Api.Tests", "openid-client.mjs")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (
            var (name, value) in new (string, string?)[]
            {
                ("ADDRESS", host.Address.ToString().TrimEnd('/')),
                ("ISSUER", (await discovery.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("issuer").GetString()),
                ("EMAIL", owner.Email),
                ("PASSWORD", Member.Password),
                ("CLIENT_ID", app.Id),
                ("CLIENT_SECRET", app.Secret),
                ("PUBLIC_ID", native.Id),
                ("SERVICE_ID", service.Id),
                ("SERVICE_SECRET", service.Secret),
            }
        )
        {
            start.Environment[name] = value;
        }

        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(Ct), node.StandardError.ReadToEndAsync(Ct));
        await node.WaitForExitAsync(Ct);

        Assert.True(node.ExitCode == 0 && (await output).Contains("done", StringComparison.Ordinal), await errors);
    }

    [Fact]
    public async Task The_access_token_does_no_more_than_was_asked_for_and_never_what_needs_a_sign_in()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        var tokens = await app.SignInAsync(owner, "openid read:workflows no:such");

        Assert.Equal("openid read:workflows", tokens.GetProperty("scope").GetString());
        Assert.False(tokens.TryGetProperty("refresh_token", out _));
        var program = app.As(owner, tokens.GetProperty("access_token").GetString()!);
        Assert.Equal(200, (await program.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal("PERMISSION_DENIED", (await program.PostAsync("/api/v1/workflows", new { name = "x", entity_id = owner.Entity })).Code);
        Assert.Equal("session.needed", (await program.GetAsync("/api/v1/api-keys")).Reason);
        Assert.Equal(
            "session.needed",
            (
                await program.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = "another horse battery" })
            ).Reason
        );
        // Not even with all that its user may do.
        var mighty = app.As(owner, (await app.SignInAsync(owner)).GetProperty("access_token").GetString()!);
        Assert.Equal(
            "session.needed",
            (await mighty.PostAsync("/api/v1/oauth-clients", new { name = "x", redirect_uris = new[] { OpenIdApp.Callback } })).Reason
        );

        var user = await program.GetAsync("/connect/userinfo");
        Assert.Equal(["sub", "tenant_id"], user.Json.EnumerateObject().Select(claim => claim.Name));
        Assert.Equal("no-store", user.Response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Without_openid_there_is_no_id_token_and_no_userinfo()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        var tokens = await app.SignInAsync(owner, "read:workflows");

        Assert.False(tokens.TryGetProperty("id_token", out _));
        var refused = await app.As(owner, tokens.GetProperty("access_token").GetString()!).GetAsync("/connect/userinfo");
        Assert.Equal((403, "insufficient_scope"), (refused.Status, refused.Json.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Who_is_not_signed_in_comes_back_by_way_of_the_sign_in_page()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        using var nobody = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        using var browser = await OpenIdApp.BrowserAsync(host, owner);
        async Task<string> PageAsync(HttpClient http, params (string, string?)[] instead) =>
            (await app.AuthorizeAsync(http, OpenIdApp.Everything, instead)).Headers.Location!.OriginalString;

        Assert.StartsWith("/sign-in?return_to=%2Fconnect%2Fauthorize%3Fclient_id%3D", await PageAsync(nobody), StringComparison.Ordinal);
        Assert.Equal("login_required", OpenIdApp.Query(await app.AuthorizeAsync(nobody, OpenIdApp.Everything, ("prompt", "none")))["error"]);
        Assert.Contains("code=", await PageAsync(browser, ("prompt", "none")), StringComparison.Ordinal);
        Assert.Contains("code=", await PageAsync(browser, ("prompt", "consent"), ("max_age", "3600")), StringComparison.Ordinal);

        // Asked again, once: what comes back no longer asks, but must be fresh.
        var again = await PageAsync(browser, ("prompt", "login"));
        Assert.EndsWith("&again=true", again, StringComparison.Ordinal);
        var back = Uri.UnescapeDataString(again["/sign-in?return_to=".Length..^"&again=true".Length]);
        Assert.Contains("max_age=60", back, StringComparison.Ordinal);
        Assert.StartsWith(
            $"{OpenIdApp.Callback}?code=",
            (await browser.GetAsync(back, Ct)).Headers.Location!.OriginalString,
            StringComparison.Ordinal
        );
        await host.CountAsync(
            "update accounts.sessions s set created_at = now() - interval '2 hours' from accounts.users u where u.id = s.user_id and u.email = "
                + "$1 returning 1",
            owner.Email
        );
        Assert.EndsWith("&again=true", await PageAsync(browser, ("max_age", "3600")), StringComparison.Ordinal);
        // Another session, but no other proof.
        var switched = await browser.PostAsJsonAsync("/api/v1/auth/switch", new { tenant_id = owner.Tenant }, Ct);
        browser.DefaultRequestHeaders.Remove("Cookie");
        browser.DefaultRequestHeaders.Add("Cookie", switched.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        Assert.Contains("code=", await PageAsync(browser), StringComparison.Ordinal);
        Assert.EndsWith("&again=true", await PageAsync(browser, ("max_age", "3600")), StringComparison.Ordinal);
        Assert.Equal(
            "login_required",
            OpenIdApp.Query(await app.AuthorizeAsync(browser, OpenIdApp.Everything, ("prompt", "none"), ("max_age", "3600")))["error"]
        );
    }

    [Fact]
    public async Task A_member_of_several_tenants_gets_a_token_for_the_clients_tenant()
    {
        var (owner, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var app = await OpenIdApp.RegisterAsync(host, owner);
        var invitation = await owner.PostAsync("/api/v1/invitations", new { email = other.Email, role = "viewer" });
        await other.PostAsync($"/api/v1/invitations/{invitation.Data.GetProperty("token").GetString()}/accept");
        var tokens = await app.SignInAsync(other);

        Assert.Equal(
            owner.Tenant,
            (await app.As(other, tokens.GetProperty("access_token").GetString()!).GetAsync("/api/v1/me"))
                .Data.GetProperty("tenant")
                .GetProperty("tenant_id")
                .GetGuid()
        );
    }

    [Fact]
    public async Task A_client_that_is_deleted_takes_its_sessions_with_it()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        var tokens = await app.SignInAsync(owner);
        var program = app.As(owner, tokens.GetProperty("access_token").GetString()!);
        Assert.Equal(200, (await program.GetAsync("/api/v1/me")).Status);
        Assert.Equal("App", (await owner.GetAsync("/api/v1/me/sessions")).Data[0].GetProperty("client").GetString());

        Assert.Equal(200, (await owner.DeleteAsync($"/api/v1/oauth-clients/{app.Id}")).Status);
        Assert.Equal(
            "invalid_client",
            (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json.GetProperty("error").GetString()
        );
        await Eventually.True(async () => (await program.GetAsync("/api/v1/me")).Status == 401, TimeSpan.FromSeconds(5), Ct);
        Assert.Equal(200, (await owner.GetAsync("/api/v1/me")).Status);
    }

    [Fact]
    public async Task Every_sign_in_of_a_client_is_in_the_audit_log()
    {
        var owner = await host.RegisterAsync();
        var app = await OpenIdApp.RegisterAsync(host, owner);
        await app.SignInAsync(owner);

        Assert.Equal(
            1,
            await host.CountAsync(
                "select count(*) from accounts.audit_entries where action = 'auth.sign_in' and credential_kind = 'client' and credential_id = $1",
                app.Id
            )
        );
        Assert.Equal(
            1,
            await host.CountAsync("select count(*) from accounts.audit_entries where action = 'oauth_client.created' and target_id = $1", app.Id)
        );
        Assert.Equal(
            0,
            await host.CountAsync(
                "select count(*) from accounts.oauth_clients c where c::text like '%' || $1 || '%' or position(convert_to($1, 'utf8') in "
                    + "c.secret_hash) > 0",
                app.Secret!
            )
        );
    }
}
