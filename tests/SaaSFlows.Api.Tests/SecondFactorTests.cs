namespace SaaSFlows.Api.Tests;

public sealed class SecondFactorTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_sign_in_needs_the_code_and_a_code_works_once()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        var code = app.Code();
        var signedIn = await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), code);

        Assert.Equal((200, member.Tenant), (signedIn.Status, signedIn.Data.GetProperty("tenant").GetProperty("tenant_id").GetGuid()));
        Assert.False(string.IsNullOrEmpty(signedIn.Json.GetProperty("token").GetString()));
        var again = await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), code);
        Assert.Equal((401, "totp.wrong"), (again.Status, again.Reason));
    }

    [Fact]
    public async Task Of_many_uses_of_one_code_at_the_same_moment_one_counts()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        var challenges = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Authenticator.ChallengeAsync(host, member)));
        var code = app.Code();
        var answers = await Task.WhenAll(challenges.Select(challenge => Authenticator.SignInAsync(host, challenge, code)));

        Assert.Single(answers.Select(answer => answer.Status), status => status == 200);
    }

    [Fact]
    public async Task A_recovery_code_works_once_however_it_is_typed()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        Assert.Equal(10, app.RecoveryCodes.Distinct().Count());
        var code = $" {app.RecoveryCodes[3].Replace('-', ' ').ToLowerInvariant()} ";

        Assert.Equal(200, (await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), code)).Status);
        Assert.Equal(
            "totp.wrong",
            (await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), app.RecoveryCodes[3])).Reason
        );
        Assert.Equal(
            9,
            await host.CountAsync(
                "select count(*) from accounts.recovery_codes r join accounts.users u on u.id = r.user_id where u.email = $1",
                member.Email
            )
        );
    }

    [Fact]
    public async Task One_sign_in_spends_one_recovery_code_however_many_come_at_once()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        var challenge = await Authenticator.ChallengeAsync(host, member);

        var answers = await Task.WhenAll(app.RecoveryCodes.Take(5).Select(code => Authenticator.SignInAsync(host, challenge, code)));

        Assert.Single(answers, answer => answer.Status == 200);
        Assert.Equal(
            9,
            await host.CountAsync(
                "select count(*) from accounts.recovery_codes r join accounts.users u on u.id = r.user_id where u.email = $1",
                member.Email
            )
        );
    }

    [Fact]
    public async Task Guesses_are_limited_for_the_account_whatever_challenge_they_come_with()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        for (var guess = 0; guess < 5; guess++)
        {
            Assert.Equal("totp.wrong", (await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), "guess")).Reason);
        }

        var locked = await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), app.Code());
        Assert.Equal((429, "sign_in.too_many_attempts"), (locked.Status, locked.Reason));
    }

    [Fact]
    public async Task A_challenge_ends_with_its_time_and_its_use_and_opens_nothing_else()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        var challenge = await Authenticator.ChallengeAsync(host, member);
        member.Http.DefaultRequestHeaders.Authorization = new("Bearer", challenge);
        Assert.Equal(401, (await member.GetAsync("/api/v1/me")).Status);

        await host.CountAsync(
            "update accounts.sign_in_challenges c set expires_at = now() from accounts.users u where u.id = c.user_id and u.email = $1 returning 1",
            member.Email
        );
        Assert.Equal("totp.challenge_refused", (await Authenticator.SignInAsync(host, challenge, app.RecoveryCodes[0])).Reason);
        Assert.Equal("totp.challenge_refused", (await Authenticator.SignInAsync(host, "never", app.RecoveryCodes[0])).Reason);

        var used = await Authenticator.ChallengeAsync(host, member);
        Assert.Equal(200, (await Authenticator.SignInAsync(host, used, app.RecoveryCodes[0])).Status);
        Assert.Equal("totp.challenge_refused", (await Authenticator.SignInAsync(host, used, app.RecoveryCodes[1])).Reason);
    }

    [Fact]
    public async Task A_stolen_session_neither_switches_it_off_nor_replaces_the_secret()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);

        Assert.Equal((409, "totp.active"), await member.PostAsync("/api/v1/me/totp") is var begun ? (begun.Status, begun.Reason) : default);
        Assert.Equal(400, (await member.DeleteAsync("/api/v1/me/totp")).Status);
        Assert.Equal(400, (await app.RemoveAsync(member, "000000000")).Status);
        Assert.Equal(200, (await app.RemoveAsync(member)).Status);
        Assert.Equal(404, (await app.RemoveAsync(member)).Status);
        await host.SignInAsync(member);
    }

    [Fact]
    public async Task Whether_it_is_on_and_how_many_recovery_codes_are_left_is_told_to_its_owner_alone()
    {
        var (member, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        await member.PostAsync("/api/v1/me/totp");
        Assert.Equal((false, 0), await StateAsync(member));
        var app = await Authenticator.AddAsync(member);
        Assert.Equal((true, 10), await StateAsync(member));
        Assert.Equal(200, (await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member), app.RecoveryCodes[0])).Status);

        Assert.Equal((true, 9), await StateAsync(member));
        Assert.Equal((false, 0), await StateAsync(other));
    }

    [Fact]
    public async Task A_secret_that_is_not_confirmed_asks_nobody_and_is_stored_sealed()
    {
        var member = await host.RegisterAsync();
        await member.PostAsync("/api/v1/me/totp");
        var wrong = await member.PostAsync("/api/v1/me/totp/confirm", new { code = "000000000" });

        Assert.Equal((400, "code"), (wrong.Status, wrong.Details.GetProperty("errors").EnumerateObject().Single().Name));
        await host.SignInAsync(member);
        Assert.Equal(
            73,
            await host.CountAsync(
                "select octet_length(f.sealed_secret) from accounts.second_factors f join accounts.users u on u.id = f.user_id where u.email = $1",
                member.Email
            )
        );
    }

    [Fact]
    public async Task A_browser_that_signs_in_in_two_steps_gets_cookies()
    {
        var member = await host.RegisterAsync();
        var app = await Authenticator.AddAsync(member);
        var signedIn = await Authenticator.SignInAsync(host, await Authenticator.ChallengeAsync(host, member, cookie: true), app.RecoveryCodes[0]);

        Assert.Contains(
            signedIn.Response.Headers.GetValues("Set-Cookie"),
            cookie => cookie.StartsWith("saasflows_session=", StringComparison.Ordinal)
        );
        Assert.Equal(System.Text.Json.JsonValueKind.Null, signedIn.Json.GetProperty("token").ValueKind);
    }

    private static async Task<(bool IsOn, int RecoveryCodesLeft)> StateAsync(Member member)
    {
        var state = (await member.GetAsync("/api/v1/me/totp")).Data;
        return (
            state.GetProperty("on_since").ValueKind == System.Text.Json.JsonValueKind.String,
            state.GetProperty("recovery_codes_left").GetInt32()
        );
    }
}
