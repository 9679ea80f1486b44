using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace SaaSFlows.Api.Tests;

/// <summary>A program that people sign in to, as little of one as can be.</summary>
public sealed record OpenIdApp(ApiHost Host, string Id, string? Secret)
{
    public const string Callback = "https://app.example.com/callback";
    public const string Everything = "openid profile email offline_access permissions";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Registered by a tenant's owner.</summary>
    public static async Task<OpenIdApp> RegisterAsync(ApiHost host, Member owner, bool isPublic = false, Guid? serviceAccount = null)
    {
        string[] redirects = serviceAccount is null ? [Callback, "http://127.0.0.1/native"] : [];
        string[] left = serviceAccount is null ? ["https://app.example.com/bye"] : [];
        var made = await owner.PostAsync(
            "/api/v1/oauth-clients",
            new
            {
                name = "App",
                redirect_uris = redirects,
                post_logout_redirect_uris = left,
                @public = isPublic,
                service_account_id = serviceAccount,
            }
        );
        Assert.True(made.Status == 201, made.Text);
        return new(host, made.Data.GetProperty("client_id").GetString()!, isPublic ? null : made.Data.GetProperty("client_secret").GetString());
    }

    /// <summary>A browser in which somebody is signed in; it follows no redirects.</summary>
    public static async Task<HttpClient> BrowserAsync(ApiHost host, Member member)
    {
        var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = host.Address };
        var login = await browser.PostAsJsonAsync(
            "/api/v1/auth/login",
            new
            {
                email = member.Email,
                password = Member.Password,
                cookie = true,
            },
            Ct
        );
        var cookies = login.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).ToList();
        browser.DefaultRequestHeaders.Add("Cookie", string.Join("; ", cookies));
        browser.DefaultRequestHeaders.Add(
            "X-CSRF-Token",
            cookies.Single(cookie => cookie.StartsWith("saasflows_csrf=", StringComparison.Ordinal)).Split('=', 2)[1]
        );
        return browser;
    }

    /// <summary>Asks for a code. What is given replaces what is right; null leaves it out.</summary>
    public Task<HttpResponseMessage> AuthorizeAsync(HttpClient browser, string scope = Everything, params (string Name, string? Value)[] instead)
    {
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = Id,
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["state"] = "a state & more",
            ["nonce"] = "n0nce",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in instead)
        {
            query[name] = value;
        }

        var text = string.Join('&', query.Where(one => one.Value is not null).Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value!)}"));
        return browser.GetAsync($"/connect/authorize?{text}", Ct);
    }

    public async Task<string> CodeAsync(HttpClient browser, string scope = Everything)
    {
        var answer = Query(await AuthorizeAsync(browser, scope));
        Assert.Equal("a state & more", answer["state"]);
        return answer["code"]!;
    }

    /// <summary>Signs somebody in: the tokens.</summary>
    public async Task<System.Text.Json.JsonElement> SignInAsync(Member member, string scope = Everything)
    {
        using var browser = await BrowserAsync(Host, member);
        var answer = await RedeemAsync(await CodeAsync(browser, scope));
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    public Task<Answer> RedeemAsync(string code, string? redirect = Callback, string? verifier = null) =>
        PostAsync("token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier ?? Verifier));

    public Task<Answer> RefreshAsync(string token) => PostAsync("token", ("grant_type", "refresh_token"), ("refresh_token", token));

    public Task<Answer> IntrospectAsync(string token) => PostAsync("introspect", ("token", token));

    /// <summary>As this client: its secret in the form.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string? Value)[] form)
    {
        using var http = Host.Anonymous();
        var fields = form.Append(("client_id", Id))
            .Append(("client_secret", Secret))
            .Where(one => one.Item2 is not null)
            .ToDictionary(one => one.Item1, one => one.Item2!);
        return await Answer.FromAsync(await http.PostAsync($"/connect/{path}", new FormUrlEncodedContent(fields), Ct));
    }

    /// <summary>The API as the holder of an access token sees it.</summary>
    public Member As(Member member, string accessToken)
    {
        var http = Host.Anonymous();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return member with { Http = http };
    }

    /// <summary>What a redirect to the app says.</summary>
    public static Dictionary<string, string?> Query(HttpResponseMessage response)
    {
        Assert.Equal(302, (int)response.StatusCode);
        var query = HttpUtility.ParseQueryString(response.Headers.Location!.Query);
        return query.AllKeys.ToDictionary(key => key!, key => query[key]);
    }
}
