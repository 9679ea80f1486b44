using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace SaaSFlows.Api.Tests;

public sealed class AuthTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registration_makes_a_tenant_with_its_owner_a_community_and_a_chat()
    {
        var member = await host.RegisterAsync("Bäckerei Müller");
        var me = await member.GetAsync("/api/v1/me");

        Assert.Equal(200, me.Status);
        Assert.Equal("Bäckerei Müller", me.Data.GetProperty("tenant").GetProperty("name").GetString());
        Assert.Equal(member.Email, me.Data.GetProperty("user").GetProperty("email").GetString());
        Assert.Equal(member.Community, me.Data.GetProperty("communities")[0].GetProperty("community_id").GetInt64());
        Assert.Equal(member.Entity, me.Data.GetProperty("entities")[0].GetProperty("entity_id").GetInt64());
        Assert.Contains("create:workflows", me.Data.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()));
    }

    [Fact]
    public async Task Sign_in_answers_with_the_token_at_the_top_and_in_data()
    {
        var member = await host.RegisterAsync();
        var answer = await LoginAsync(new { email = member.Email.ToUpperInvariant(), password = Member.Password });

        Assert.Equal(200, answer.Status);
        Assert.Equal(answer.Json.GetProperty("token").GetString(), answer.Data.GetProperty("token").GetString());
        Assert.Equal(member.Tenant, answer.Data.GetProperty("tenant").GetProperty("tenant_id").GetGuid());
    }

    [Fact]
    public async Task A_password_is_the_same_however_its_accents_are_composed()
    {
        var client = host.Anonymous();
        var (composed, decomposed) = ("p\u00e4ssw\u00f6rter sind lang", "pa\u0308sswo\u0308rter sind lang");
        foreach (var (first, second) in new[] { (composed, decomposed), (decomposed, composed) })
        {
            var email = $"{Guid.NewGuid():N}@example.com";
            Assert.True(
                (
                    await client.PostAsJsonAsync(
                        "/api/v1/auth/register",
                        new
                        {
                            tenant_name = "Acme",
                            email,
                            password = first,
                        },
                        Ct
                    )
                ).IsSuccessStatusCode
            );

            Assert.Equal(200, (await LoginAsync(new { email, password = second })).Status);
            Assert.Equal(401, (await LoginAsync(new { email, password = "passworter sind lang" })).Status);
        }
    }

    [Fact]
    public async Task An_address_is_one_account_however_its_accents_are_composed()
    {
        var (client, name) = (host.Anonymous(), $"{Guid.NewGuid():N}@example.com");
        Task<HttpResponseMessage> RegisterAsync(string email) =>
            client.PostAsJsonAsync(
                "/api/v1/auth/register",
                new
                {
                    tenant_name = "Acme",
                    email,
                    password = Member.Password,
                },
                Ct
            );
        Assert.True((await RegisterAsync($"u\u0308{name}")).IsSuccessStatusCode);

        Assert.Equal(409, (int)(await RegisterAsync($"\u00fc{name}")).StatusCode);
        Assert.Equal(409, (int)(await RegisterAsync($"U\u0308{name}")).StatusCode);
        Assert.Equal(200, (await LoginAsync(new { email = $"\u00dc{name}", password = Member.Password })).Status);
    }

    [Theory]
    [InlineData("ada\u200b@example.com")]
    [InlineData("\u202eada@example.com")]
    public async Task An_address_with_something_invisible_is_refused(string email)
    {
        var answer = await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/register",
                    new
                    {
                        tenant_name = "Acme",
                        email,
                        password = Member.Password,
                    },
                    Ct
                )
        );

        Assert.Equal(["email"], answer.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name));
    }

    [Theory]
    [InlineData("correct horse batterx")]
    [InlineData("x")]
    public async Task Wrong_credentials_are_refused_without_saying_which(string password)
    {
        var member = await host.RegisterAsync();
        var known = await LoginAsync(new { email = member.Email, password });
        var unknown = await LoginAsync(new { email = "nobody@example.com", password });

        Assert.Equal((401, "UNAUTHORIZED"), (known.Status, known.Code));
        Assert.Equal(Told(known), Told(unknown));

        // Each request has its own name; nothing else may differ.
        static string Told(Answer answer) =>
            answer.Text.Replace(answer.Details.GetProperty("correlation_id").GetString()!, "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login", "{}", "email", "password")]
    [InlineData("login", """{"email": "", "password": ""}""", "email", "password")]
    [InlineData("login", """{"email": "ada@example.com"}""", "password")]
    [InlineData("login", """{"email": null, "password": "correct horse battery"}""", "email")]
    [InlineData("login/totp", "{}", "challenge", "code")]
    public async Task What_is_missing_from_a_sign_in_is_named(string path, string body, params string[] missing)
    {
        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await Answer.FromAsync(await host.Anonymous().PostAsync($"/api/v1/auth/{path}", content, Ct));

        Assert.Equal((400, "input.invalid"), (answer.Status, answer.Reason));
        Assert.Equal(missing, answer.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task A_taken_address_is_a_conflict_and_leaves_no_tenant_behind()
    {
        var member = await host.RegisterAsync();
        var before = await CountTenantsAsync(member.Email);
        var again = await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/register",
                    new
                    {
                        tenant_name = member.Email,
                        email = member.Email,
                        password = Member.Password,
                    },
                    Ct
                )
        );

        Assert.Equal((409, "CONFLICT", "email.taken"), (again.Status, again.Code, again.Reason));
        Assert.Equal(before, await CountTenantsAsync(member.Email));
    }

    [Fact]
    public async Task Registration_names_each_wrong_field()
    {
        var answer = await Answer.FromAsync(
            await host.Anonymous()
                .PostAsJsonAsync(
                    "/api/v1/auth/register",
                    new
                    {
                        tenant_name = " ",
                        email = "x",
                        password = "short",
                    },
                    Ct
                )
        );

        Assert.Equal((400, "BAD_REQUEST"), (answer.Status, answer.Code));
        Assert.Equal(
            ["email", "password", "tenant_name"],
            answer.Details.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order()
        );
    }

    [Fact]
    public async Task A_browser_session_hides_the_token_and_needs_the_antiforgery_header()
    {
        var member = await host.RegisterAsync();
        var login = await LoginAsync(
            new
            {
                email = member.Email,
                password = Member.Password,
                cookie = true,
            }
        );
        var cookies = login.Response.Headers.GetValues("Set-Cookie").ToList();
        var session = cookies.Single(cookie => cookie.StartsWith("saasflows_session=", StringComparison.Ordinal));
        var csrf = cookies.Single(cookie => cookie.StartsWith("saasflows_csrf=", StringComparison.Ordinal));

        Assert.Equal(System.Text.Json.JsonValueKind.Null, login.Json.GetProperty("token").ValueKind);
        Assert.Contains("httponly", session, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", session, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("httponly", csrf, StringComparison.OrdinalIgnoreCase);

        using var browser = host.Anonymous();
        var value = csrf.Split(';')[0].Split('=', 2)[1];
        browser.DefaultRequestHeaders.Add("Cookie", $"{session.Split(';')[0]}; {csrf.Split(';')[0]}");
        Assert.Equal(200, (int)(await browser.GetAsync("/api/v1/me", Ct)).StatusCode);

        var without = await Answer.FromAsync(await browser.PostAsJsonAsync("/api/v1/workflows", new { name = "x" }, Ct));
        Assert.Equal((403, "FORBIDDEN", "antiforgery.missing"), (without.Status, without.Code, without.Reason));

        browser.DefaultRequestHeaders.Add("X-CSRF-Token", value);
        Assert.Equal(201, (int)(await browser.PostAsJsonAsync("/api/v1/workflows", new { name = "x" }, Ct)).StatusCode);
    }

    [Fact]
    public async Task A_session_token_is_no_bearer_token()
    {
        var member = await host.RegisterAsync();
        var login = await LoginAsync(
            new
            {
                email = member.Email,
                password = Member.Password,
                cookie = true,
            }
        );
        var token = login.Response.Headers.GetValues("Set-Cookie").First().Split(';')[0].Split('=', 2)[1];

        Assert.Equal(401, await MeAsync(token));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJ1c2VyX2lkIjoiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAxIn0.")]
    [InlineData("")]
    public async Task Wrong_tokens_get_the_error_body(string token)
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var answer = await Answer.FromAsync(await client.GetAsync("/api/v1/me", Ct));

        Assert.Equal((401, "UNAUTHORIZED"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task The_key_set_is_public_and_holds_no_private_part()
    {
        await host.RegisterAsync();
        var text = await host.Anonymous().GetStringAsync("/.well-known/jwks.json", Ct);

        Assert.Contains("\"kid\"", text, StringComparison.Ordinal);
        Assert.Contains("\"ES256\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"d\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    public async Task A_websocket_from_another_origin_is_refused(string origin, int expected)
    {
        var member = await host.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workflows/executions/{Guid.NewGuid()}/ws");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        var answer = await Answer.FromAsync(await member.Http.SendAsync(request, Ct));

        Assert.Equal((expected, "websocket.origin"), (answer.Status, answer.Reason));
    }

    private async Task<Answer> LoginAsync(object body) =>
        await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync("/api/v1/auth/login", body, Ct));

    private async Task<int> MeAsync(string token)
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return (int)(await client.GetAsync("/api/v1/me", Ct)).StatusCode;
    }

    private async Task<long> CountTenantsAsync(string name)
    {
        await using var connection = new Npgsql.NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new Npgsql.NpgsqlCommand("select count(*) from accounts.tenants where name = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
