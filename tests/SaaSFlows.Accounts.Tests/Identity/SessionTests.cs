using System.Security.Cryptography;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Identity;

public sealed class SessionTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Refresh_goes_on_with_the_same_session_and_another_token()
    {
        var first = (await _host.RegisterAsync()).Session;

        var second = (await _host.RefreshAsync(first.Refresh.Token)).Value();
        var third = (await _host.RefreshAsync(second.Refresh.Token)).Value();

        Assert.Equal(3, new[] { first, second, third }.Select(s => s.Refresh.Token).Distinct().Count());
        Assert.Equal((first.User, first.Tenant), (third.User, third.Tenant));
        Assert.Equal(TimeSpan.FromDays(7), third.Refresh.ExpiresIn);
        var (before, after) = (await _host.ValidateAsync(first.Token.Token), await _host.ValidateAsync(third.Token.Token));
        Assert.Equal(before.Session, after.Session);
        Assert.True(after.Caller.May(Permission.CreateWorkflows));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Any_used_token_ends_its_session_and_no_other(int stolen)
    {
        var email = AccountsHost.NewEmail();
        var other = (await _host.RegisterAsync(email)).Session;
        var tokens = new List<string> { (await _host.SignInAsync(email)).Value().Refresh.Token };
        for (var i = 0; i < 2; i++)
        {
            tokens.Add((await _host.RefreshAsync(tokens[^1])).Value().Refresh.Token);
        }

        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(tokens[stolen])).Error());

        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(tokens[^1])).Error());
        Assert.True((await _host.RefreshAsync(other.Refresh.Token)).IsDone());
    }

    [Fact]
    public async Task Of_many_refreshes_with_one_token_one_succeeds_and_the_session_ends()
    {
        await using var second = new AccountsHost(database);
        var token = (await _host.RegisterAsync()).Session.Refresh.Token;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => (i % 2 == 0 ? _host : second).RefreshAsync(token))));

        var winner = Assert.Single(outcomes, o => o.IsDone()).Value();
        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(winner.Refresh.Token)).Error());
    }

    [Fact]
    public async Task Session_ends_a_week_after_its_last_refresh()
    {
        var session = (await _host.RegisterAsync()).Session;
        for (var i = 0; i < 3; i++)
        {
            _host.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
            session = (await _host.RefreshAsync(session.Refresh.Token)).Value();
        }

        _host.Time.Advance(TimeSpan.FromDays(7));
        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(session.Refresh.Token)).Error());
    }

    [Fact]
    public async Task Sign_in_forgets_the_users_sessions_that_ended_unused()
    {
        var email = AccountsHost.NewEmail();
        var user = (await _host.RegisterAsync(email)).Session.User.UserId.Value;
        _host.Time.Advance(TimeSpan.FromDays(7));
        await _host.SignInAsync(email);

        Assert.Equal(1, await _host.CountAsync("accounts.sessions where user_id = $1", user));
    }

    [Fact]
    public async Task Refresh_gives_what_the_member_may_do_now()
    {
        var made = await _host.RegisterAsync();
        await _host.SqlAsync("update accounts.memberships set role = 'viewer' where user_id = $1", made.Session.User.UserId.Value);

        var caller = (await _host.ValidateAsync((await _host.RefreshAsync(made.Session.Refresh.Token)).Value().Token.Token)).Caller;

        Assert.False(caller.May(Permission.CreateWorkflows));
    }

    [Fact]
    public async Task Refresh_stays_in_its_tenant_whatever_was_used_last()
    {
        var made = await _host.RegisterAsync();
        var other = await _host.RegisterAsync();
        await _host.SqlAsync(
            "insert into accounts.memberships (tenant_id, user_id, role, last_used_at) values ($1, $2, 'viewer', now() + interval '1 day')",
            other.Session.Tenant.TenantId.Value,
            made.Session.User.UserId.Value
        );

        Assert.Equal(made.Session.Tenant, (await _host.RefreshAsync(made.Session.Refresh.Token)).Value().Tenant);
    }

    [Fact]
    public async Task Suspended_tenants_member_is_refused_and_the_session_is_over()
    {
        var made = await _host.RegisterAsync();
        await _host.SqlAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1", made.Session.Tenant.TenantId.Value);
        Assert.IsType<AccountsError.TenantClosed>((await _host.RefreshAsync(made.Session.Refresh.Token)).Error());

        await _host.SqlAsync("update accounts.tenants set status = 'active' where tenant_id = $1", made.Session.Tenant.TenantId.Value);
        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(made.Session.Refresh.Token)).Error());
    }

    [Fact]
    public async Task Removed_member_is_refused()
    {
        var made = await _host.RegisterAsync();
        await _host.SqlAsync("delete from accounts.memberships where user_id = $1", made.Session.User.UserId.Value);

        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(made.Session.Refresh.Token)).Error());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cookies_token_is_good_in_a_cookie_only_and_any_other_never(bool forCookie)
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        var session = (await _host.SignInAsync(email, forCookie: forCookie)).Value();
        Assert.Equal(forCookie, session.Token.Csrf is not null);

        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(session.Refresh.Token, !forCookie)).Error());
        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(session.Refresh.Token, forCookie)).Error());
    }

    [Fact]
    public async Task Forged_second_half_ends_the_session_and_a_forged_first_half_nothing()
    {
        var session = (await _host.RegisterAsync()).Session;
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(session.Refresh.Token);
        string Forged(int at) => System.Buffers.Text.Base64Url.EncodeToString([.. bytes.Select((b, i) => i == at ? (byte)(b ^ 1) : b)]);

        Assert.False((await _host.RefreshAsync(Forged(0))).IsDone());
        session = (await _host.RefreshAsync(session.Refresh.Token)).Value();
        bytes = System.Buffers.Text.Base64Url.DecodeFromChars(session.Refresh.Token);
        Assert.False((await _host.RefreshAsync(Forged(63))).IsDone());
        Assert.False((await _host.RefreshAsync(session.Refresh.Token)).IsDone());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("????????????????????????????????????????????????????????????????????????????????????\0\ud800")]
    public async Task What_is_no_token_is_refused(string? token)
    {
        Assert.IsType<AccountsError.TokenRefused>((await _host.RefreshAsync(token)).Error());
        await _host.Get<SessionsHandler>().EndAsync(token ?? "", ClientInfo.Unknown, AccountsHost.Ct);
    }

    [Fact]
    public async Task Ended_session_can_not_be_refreshed()
    {
        var email = AccountsHost.NewEmail();
        var stranger = (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;
        var byToken = (await _host.RegisterAsync(email)).Session;
        var byId = (await _host.SignInAsync(email)).Value();
        var sessions = _host.Get<SessionsHandler>();
        var (caller, id, _, _) = await _host.ValidateAsync(byId.Token.Token);

        await sessions.EndAsync(byToken.Refresh.Token, ClientInfo.Unknown, AccountsHost.Ct);
        Assert.False((await _host.RefreshAsync(byToken.Refresh.Token)).IsDone());

        Assert.False(await sessions.EndAsync(stranger, id, AccountsHost.Ct));
        byId = (await _host.RefreshAsync(byId.Refresh.Token)).Value();
        Assert.True(await sessions.EndAsync(caller, id, AccountsHost.Ct));
        Assert.False((await _host.RefreshAsync(byId.Refresh.Token)).IsDone());
    }

    [Fact]
    public async Task Database_holds_no_token()
    {
        var token = (await _host.RegisterAsync()).Session.Refresh.Token;
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(token);

        var row = (string)(await _host.SqlAsync("select s::text from accounts.sessions s where token_hash = $1", SHA256.HashData(bytes)))!;

        Assert.DoesNotContain(Convert.ToHexStringLower(bytes[..32]), row, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(bytes[32..]), row, StringComparison.Ordinal);
        Assert.DoesNotContain(token, row, StringComparison.Ordinal);
    }
}
