using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace SaaSFlows.Api.Tests;

public sealed class SessionTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_answers_as_sign_in_does_and_takes_each_token_once()
    {
        var login = await LoginAsync(cookie: false);
        var first = login.Json.GetProperty("refresh_token").GetString();
        Assert.Equal(first, login.Data.GetProperty("refresh_token").GetString());
        Assert.Equal((3600, 604800), (login.Data.GetProperty("expires_in").GetInt32(), login.Data.GetProperty("refresh_expires_in").GetInt32()));

        var refreshed = await PostAsync("refresh", new { refresh_token = first });
        Assert.Equal(200, refreshed.Status);
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", refreshed.Json.GetProperty("token").GetString());
        Assert.Equal(200, (int)(await client.GetAsync("/api/v1/me", Ct)).StatusCode);

        var reused = await PostAsync("refresh", new { refresh_token = first });
        Assert.Equal((401, "UNAUTHORIZED", "token.refused"), (reused.Status, reused.Code, reused.Reason));
        Assert.Contains("refresh token", reused.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("access token", reused.Text, StringComparison.Ordinal);
        Assert.Equal(401, (await PostAsync("refresh", new { refresh_token = refreshed.Json.GetProperty("refresh_token").GetString() })).Status);
    }

    [Fact]
    public async Task Logout_by_access_token_or_refresh_token_ends_the_session()
    {
        var login = await LoginAsync(cookie: false);
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.Json.GetProperty("token").GetString());
        Assert.Equal(200, (await Answer.FromAsync(await client.PostAsync("/api/v1/auth/logout", null, Ct))).Status);
        Assert.Equal(401, (await PostAsync("refresh", new { refresh_token = login.Json.GetProperty("refresh_token").GetString() })).Status);

        var other = new { refresh_token = (await LoginAsync(cookie: false)).Json.GetProperty("refresh_token").GetString() };
        Assert.Equal(200, (await PostAsync("logout", other)).Status);
        Assert.Equal(401, (await PostAsync("refresh", other)).Status);
    }

    [Theory]
    [InlineData("{}", 401)]
    [InlineData("""{"refresh_token":""}""", 401)]
    [InlineData("""{"refresh_token":null}""", 401)]
    [InlineData("""{"refresh_token":7}""", 400)]
    [InlineData("""{"refresh_token":"a\u0000b"}""", 401)]
    [InlineData("[]", 400)]
    public async Task Refresh_without_a_token_is_refused(string body, int status)
    {
        var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await Answer.FromAsync(await host.Anonymous().PostAsync("/api/v1/auth/refresh", content, Ct));

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("access token", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Browser_goes_on_by_its_cookies_which_only_signing_in_and_out_sees()
    {
        var browser = new Browser(await LoginAsync(cookie: true));
        Assert.Contains("httponly", browser.Raw("saasflows_refresh"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", browser.Raw("saasflows_refresh"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/api/v1/auth;", browser.Raw("saasflows_refresh") + ";", StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=3600", browser.Raw("saasflows_session"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("max-age=604800", browser.Raw("saasflows_csrf"), StringComparison.OrdinalIgnoreCase);

        // The access token's cookie is gone after its hour.
        var refreshed = await SendAsync("refresh", browser, "saasflows_refresh", "saasflows_csrf");

        Assert.Equal(200, refreshed.Status);
        Assert.Equal(JsonValueKind.Null, refreshed.Json.GetProperty("token").ValueKind);
        Assert.Equal(JsonValueKind.Null, refreshed.Json.GetProperty("refresh_token").ValueKind);
        using var client = host.Anonymous();
        var after = new Browser(refreshed);
        client.DefaultRequestHeaders.Add("Cookie", after.Header("saasflows_session", "saasflows_csrf"));
        client.DefaultRequestHeaders.Add("X-CSRF-Token", after.Value("saasflows_csrf"));
        Assert.Equal(201, (int)(await client.PostAsJsonAsync("/api/v1/workflows", new { name = "x" }, Ct)).StatusCode);
    }

    [Fact]
    public async Task Browsers_refresh_and_sign_out_need_the_antiforgery_header()
    {
        var browser = new Browser(await LoginAsync(cookie: true));
        using var attacker = host.Anonymous();
        attacker.DefaultRequestHeaders.Add("Cookie", browser.Header("saasflows_session", "saasflows_refresh", "saasflows_csrf"));

        var refresh = await Answer.FromAsync(await attacker.PostAsync("/api/v1/auth/refresh", null, Ct));
        Assert.Equal((403, "antiforgery.missing"), (refresh.Status, refresh.Reason));
        await attacker.PostAsync("/api/v1/auth/logout", null, Ct);
        attacker.DefaultRequestHeaders.Add("X-CSRF-Token", "guess");
        await attacker.PostAsync("/api/v1/auth/logout", null, Ct);

        Assert.Equal(200, (await SendAsync("refresh", browser, "saasflows_refresh", "saasflows_csrf")).Status);
    }

    [Fact]
    public async Task Browsers_sign_out_ends_its_session_and_takes_its_cookies()
    {
        foreach (var cookies in new[] { new[] { "saasflows_session", "saasflows_csrf" }, ["saasflows_refresh", "saasflows_csrf"] })
        {
            var browser = new Browser(await LoginAsync(cookie: true));
            var after = new Browser(await SendAsync("logout", browser, cookies));

            Assert.All(["saasflows_session", "saasflows_refresh", "saasflows_csrf"], name => Assert.Equal("", after.Value(name)));
            var refused = await SendAsync("refresh", browser, "saasflows_refresh", "saasflows_csrf");
            Assert.Equal(401, refused.Status);
            Assert.Equal("", new Browser(refused).Value("saasflows_refresh"));
        }
    }

    [Fact]
    public async Task Cookies_refresh_token_is_no_good_in_a_body()
    {
        var browser = new Browser(await LoginAsync(cookie: true));

        Assert.Equal(401, (await PostAsync("refresh", new { refresh_token = browser.Value("saasflows_refresh") })).Status);
    }

    [Fact]
    public async Task Sixth_guess_is_told_to_wait_whether_the_account_exists_or_not()
    {
        var member = await host.RegisterAsync();
        foreach (var email in new[] { member.Email, $"{Guid.NewGuid():N}@example.com" })
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(401, (await PostAsync("login", new { email, password = "wrong password!" })).Status);
            }

            var refused = await PostAsync("login", new { email, password = Member.Password });
            Assert.Equal((429, "RATE_LIMIT_EXCEEDED", "sign_in.too_many_attempts"), (refused.Status, refused.Code, refused.Reason));
            Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        }
    }

    [Fact]
    public async Task Own_sessions_are_listed_in_pages_and_ended_one_by_one_or_all_others()
    {
        var member = await host.RegisterAsync();
        var body = new { email = member.Email, password = Member.Password };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/auth/login") { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("User-Agent", "Test/1.0 " + new string('x', 400));
        var second = await Answer.FromAsync(await host.Anonymous().SendAsync(request, Ct));
        var third = await PostAsync("login", body);

        var list = await member.GetAsync("/api/v1/me/sessions?per_page=2");
        var last = await member.GetAsync("/api/v1/me/sessions?per_page=2&page=2");
        Assert.Equal(3, list.Json.GetProperty("meta").GetProperty("pagination").GetProperty("total").GetInt32());
        var all = list.Data.EnumerateArray().Concat(last.Data.EnumerateArray()).ToList();
        Assert.Equal([false, false, true], all.Select(session => session.GetProperty("is_current").GetBoolean()));
        Assert.All(all, session => Assert.Equal("127.0.0.1", session.GetProperty("address").GetString()));
        Assert.StartsWith("Test/1.0 ", all[1].GetProperty("user_agent").GetString(), StringComparison.Ordinal);
        Assert.Equal(300, all[1].GetProperty("user_agent").GetString()!.Length);

        Assert.Equal(1, (await member.DeleteAsync($"/api/v1/me/sessions/{Id(all[1])}")).Data.GetProperty("ended").GetInt32());
        Assert.Equal(401, (await PostAsync("refresh", new { refresh_token = second.Json.GetProperty("refresh_token").GetString() })).Status);
        Assert.Equal(404, (await member.DeleteAsync($"/api/v1/me/sessions/{Id(all[1])}")).Status);
        Assert.Equal(1, (await member.DeleteAsync("/api/v1/me/sessions")).Data.GetProperty("ended").GetInt32());
        Assert.Equal(401, (await PostAsync("refresh", new { refresh_token = third.Json.GetProperty("refresh_token").GetString() })).Status);
        Assert.Equal(Id(all[2]), Id((await member.GetAsync("/api/v1/me/sessions")).Data.EnumerateArray().Single()));
    }

    [Fact]
    public async Task Sessions_of_others_are_unknown()
    {
        var (member, attacker) = (await host.RegisterAsync(), await host.RegisterAsync());
        var id = Id((await member.GetAsync("/api/v1/me/sessions")).Data[0]);

        foreach (var guess in new[] { $"{id}", $"{Guid.NewGuid()}", "nonsense" })
        {
            var answer = await attacker.DeleteAsync($"/api/v1/me/sessions/{guess}");
            Assert.Equal((404, "session.not_found"), (answer.Status, answer.Reason));
        }

        Assert.Equal(0, (await attacker.DeleteAsync("/api/v1/me/sessions")).Data.GetProperty("ended").GetInt32());
        Assert.Equal(id, Id((await member.GetAsync("/api/v1/me/sessions")).Data.EnumerateArray().Single()));
    }

    private static Guid Id(JsonElement session) => session.GetProperty("session_id").GetGuid();

    private async Task<Answer> LoginAsync(bool cookie)
    {
        var member = await host.RegisterAsync();
        return await PostAsync(
            "login",
            new
            {
                email = member.Email,
                password = Member.Password,
                cookie,
            }
        );
    }

    private async Task<Answer> PostAsync(string route, object body) =>
        await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync($"/api/v1/auth/{route}", body, Ct));

    private async Task<Answer> SendAsync(string route, Browser browser, params string[] cookies)
    {
        using var client = host.Anonymous();
        client.DefaultRequestHeaders.Add("Cookie", browser.Header(cookies));
        client.DefaultRequestHeaders.Add("X-CSRF-Token", browser.Value("saasflows_csrf"));
        return await Answer.FromAsync(await client.PostAsync($"/api/v1/auth/{route}", null, Ct));
    }

    /// <summary>The cookies of an answer.</summary>
    private sealed class Browser(Answer answer)
    {
        private readonly List<string> _cookies = [.. answer.Response.Headers.GetValues("Set-Cookie")];

        public string Raw(string name) => _cookies.Single(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal));

        public string Value(string name) => Raw(name).Split(';')[0][(name.Length + 1)..];

        public string Header(params string[] names) => string.Join("; ", names.Select(name => $"{name}={Value(name)}"));
    }
}
