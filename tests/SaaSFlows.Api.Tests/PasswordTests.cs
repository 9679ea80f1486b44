using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A host with a mail server.</summary>
public sealed class MailHost : ApiHost
{
    internal MailServer Mail { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Mail:Host", "127.0.0.1"),
            new("Mail:Port", $"{Mail.Port}"),
            new("Mail:UseTls", "false"),
            new("Mail:From", "SaaSFlows <no-reply@example.com>"),
            new("Mail:PublicUrl", "https://flows.example.com"),
        ];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Mail.DisposeAsync();
    }
}

public sealed class PasswordTests(MailHost host) : IClassFixture<MailHost>
{
    private const string Changed = "another horse battery";
    private const string Forgot = "/api/v1/auth/password/forgot";
    private const string Reset = "/api/v1/auth/password/reset";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_changed_password_ends_the_other_sessions()
    {
        var member = await host.RegisterAsync();
        var elsewhere = (await SignInAsync(member.Email, Member.Password)).Data.GetProperty("refresh_token").GetString();
        var changed = await member.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = Changed });

        Assert.Equal((200, 1), (changed.Status, changed.Data.GetProperty("ended").GetInt32()));
        Assert.Equal(401, (await PostAsync("/api/v1/auth/refresh", new { refresh_token = elsewhere })).Status);
        Assert.Equal(401, (await SignInAsync(member.Email, Member.Password)).Status);
        Assert.Equal(200, (await SignInAsync(member.Email, Changed)).Status);
        Assert.Single(
            (await member.GetAsync("/api/v1/me/sessions")).Data.EnumerateArray(),
            session => session.GetProperty("is_current").GetBoolean()
        );
    }

    [Fact]
    public async Task A_stolen_session_cannot_guess_the_password()
    {
        var member = await host.RegisterAsync();
        for (var guess = 0; guess < 5; guess++)
        {
            var wrong = await member.PostAsync("/api/v1/me/password", new { current_password = $"guess {guess}", new_password = Changed });
            Assert.Equal((400, "current_password"), (wrong.Status, Field(wrong)));
        }

        var locked = await member.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = Changed });
        Assert.Equal((429, "sign_in.too_many_attempts"), (locked.Status, locked.Reason));
    }

    [Fact]
    public async Task A_new_password_keeps_the_rules()
    {
        var member = await host.RegisterAsync();

        Assert.Equal(
            "new_password",
            Field(await member.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = "short" }))
        );
        Assert.Equal("new_password", Field(await PostAsync(Reset, new { token = "x", new_password = new string(' ', 12) })));
    }

    [Fact]
    public async Task A_mailed_link_sets_a_new_password_once_and_ends_all_sessions()
    {
        var member = await host.RegisterAsync();
        var session = (await SignInAsync(member.Email, Member.Password)).Data.GetProperty("refresh_token").GetString();
        await PostAsync(Forgot, new { email = $" {member.Email.ToUpperInvariant()} " });
        var token = await TokenAsync(member.Email);

        Assert.Equal(0, await host.CountAsync("select count(*) from accounts.password_resets r where r::text like '%' || $1 || '%'", token));
        Assert.Equal(200, (await PostAsync(Reset, new { token, new_password = Changed })).Status);
        Assert.Equal(401, (await PostAsync("/api/v1/auth/refresh", new { refresh_token = session })).Status);
        Assert.Equal(401, (await SignInAsync(member.Email, Member.Password)).Status);
        Assert.Equal(200, (await SignInAsync(member.Email, Changed)).Status);
        Assert.Equal(
            (400, "token"),
            await PostAsync(Reset, new { token, new_password = Member.Password }) is var again ? (again.Status, Field(again)) : default
        );
    }

    [Fact]
    public async Task Nobody_learns_which_addresses_have_an_account()
    {
        var member = await host.RegisterAsync();
        var account = (await member.PostAsync("/api/v1/service-accounts", new { name = "bot", role = "viewer" }))
            .Data.GetProperty("user_id")
            .GetGuid();
        var unknown = await PostAsync(Forgot, new { email = "nobody@example.com" });
        var program = await PostAsync(Forgot, new { email = $"{account}@service-account.invalid" });
        var known = await PostAsync(Forgot, new { email = member.Email });

        Assert.Equal((202, known.Text), (unknown.Status, unknown.Text));
        Assert.Equal(known.Text, program.Text);
        await TokenAsync(member.Email);
        Assert.DoesNotContain(
            host.Mail.Mails,
            mail =>
                mail.Recipient.StartsWith("nobody@", StringComparison.Ordinal) || mail.Recipient.StartsWith($"{account}", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_is_flooded_with_mails(bool isKnown)
    {
        var email = isKnown ? (await host.RegisterAsync()).Email : $"{Guid.NewGuid():N}@example.com";
        var answers = new List<Answer>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await PostAsync(Forgot, new { email }));
        }

        Assert.Equal([202, 202, 202, 429], answers.Select(answer => answer.Status));
    }

    [Fact]
    public async Task A_request_does_not_choose_where_the_mailed_link_leads()
    {
        var member = await host.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Forgot) { Content = JsonContent.Create(new { email = member.Email }) };
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        await host.Anonymous().SendAsync(request, Ct);

        Assert.StartsWith(
            "https://flows.example.com/reset-password#token=",
            (await host.Mail.LinkAsync(member.Email, Ct)).ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_link_ends_after_an_hour_and_with_the_next_change_of_the_password()
    {
        var member = await host.RegisterAsync();
        await PostAsync(Forgot, new { email = member.Email });
        var token = await TokenAsync(member.Email);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        Assert.InRange(
            await host.ScalarAsync<DateTime>("select expires_at from accounts.password_resets where token_hash = $1", hash),
            DateTime.UtcNow.AddMinutes(58),
            DateTime.UtcNow.AddMinutes(61)
        );

        await host.CountAsync("update accounts.password_resets set expires_at = now() - interval '1 second' where token_hash = $1 returning 1", hash);
        Assert.Equal("token", Field(await PostAsync(Reset, new { token, new_password = Changed })));

        await host.CountAsync("update accounts.password_resets set expires_at = now() + interval '1 hour' where token_hash = $1 returning 1", hash);
        await member.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = Changed });
        Assert.Equal("token", Field(await PostAsync(Reset, new { token, new_password = Member.Password })));
    }

    [Fact]
    public async Task Of_many_uses_of_one_link_at_the_same_moment_one_counts()
    {
        var member = await host.RegisterAsync();
        await PostAsync(Forgot, new { email = member.Email });
        var token = await TokenAsync(member.Email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync(Reset, new { token, new_password = $"{Changed} {i}" })));

        var winner = Array.FindIndex(answers, answer => answer.Status == 200);
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(200, (await SignInAsync(member.Email, $"{Changed} {winner}")).Status);
    }

    [Fact]
    public async Task An_api_key_changes_no_password()
    {
        var member = await host.RegisterAsync();
        var key = (await member.PostAsync("/api/v1/api-keys", new { name = "ci" })).Data.GetProperty("key").GetString()!;
        member.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);

        Assert.Equal(
            "session.needed",
            (await member.PostAsync("/api/v1/me/password", new { current_password = Member.Password, new_password = Changed })).Reason
        );
    }

    private static string Field(Answer answer) => answer.Details.GetProperty("errors").EnumerateObject().Single().Name;

    private async Task<string> TokenAsync(string email) => (await host.Mail.LinkAsync(email, Ct)).Fragment["#token=".Length..];

    private Task<Answer> SignInAsync(string email, string password) => PostAsync("/api/v1/auth/login", new { email, password });

    private async Task<Answer> PostAsync(string path, object body) => await Answer.FromAsync(await host.Anonymous().PostAsJsonAsync(path, body, Ct));
}
