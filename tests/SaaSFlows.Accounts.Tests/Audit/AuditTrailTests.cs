using SaaSFlows.Accounts.Identity;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Audit;

/// <summary>What signing up, in and out leaves behind.</summary>
public sealed class AuditTrailTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Signing_up_in_and_out_is_written_with_its_session()
    {
        var registered = (await _host.RegisterAsync()).Session;
        var signedIn = (await _host.SignInAsync(registered.User.Email, address: "10.9.8.7")).Value();
        var (caller, session, _, _) = await _host.ValidateAsync(signedIn.Token.Token);
        await _host.Get<SessionsHandler>().EndAsync(caller with { Credential = new("session", session.ToString()) }, session, AccountsHost.Ct);
        await _host.Get<SessionsHandler>().EndOthersAsync(caller, session, AccountsHost.Ct);

        Assert.Equal("tenant.created auth.sign_in auth.sign_in auth.sign_out auth.session_ended", await ActionsAsync(signedIn));
        Assert.Equal(
            "10.9.8.7",
            await _host.SqlAsync(
                "select address from accounts.audit_entries where credential_id = $1 and action = 'auth.sign_in'",
                session.ToString()
            )
        );
    }

    [Fact]
    public async Task A_reused_refresh_token_is_written_and_so_is_a_session_that_ended_otherwise()
    {
        var (stolen, expired) = ((await _host.RegisterAsync()).Session, (await _host.RegisterAsync()).Session);
        await _host.RefreshAsync(stolen.Refresh.Token);
        await _host.RefreshAsync(stolen.Refresh.Token);
        _host.Time.Advance(TimeSpan.FromDays(8));
        await _host.RefreshAsync(expired.Refresh.Token);

        Assert.EndsWith("auth.sign_in auth.refresh_reused", (string)(await ActionsAsync(stolen))!, StringComparison.Ordinal);
        Assert.EndsWith("auth.sign_in auth.session_ended", (string)(await ActionsAsync(expired))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_told_to_every_tenant_of_the_account_and_to_nobody_else()
    {
        var (first, second, stranger) = (
            (await _host.RegisterAsync()).Session,
            (await _host.RegisterAsync()).Session,
            (await _host.RegisterAsync()).Session
        );
        await _host.SqlAsync(
            "insert into accounts.memberships (tenant_id, user_id, role) values ($1, $2, 'viewer')",
            second.Tenant.TenantId.Value,
            first.User.UserId.Value
        );

        await _host.SignInAsync(first.User.Email, "wrong wrong wrong", address: "10.6.6.6");
        await _host.SignInAsync(AccountsHost.NewEmail(), "wrong wrong wrong", address: "10.6.6.6");

        Assert.Equal(2, await _host.CountAsync("accounts.audit_entries where action = 'auth.sign_in_failed' and address = '10.6.6.6'"));
        Assert.Equal(
            $"anonymous {first.User.UserId} {first.User.Username} 10.6.6.6",
            await _host.SqlAsync(
                "select concat_ws(' ', actor_kind, actor_id, target_id, target_name, address) from accounts.audit_entries where tenant_id = $1 "
                    + "and action = 'auth.sign_in_failed'",
                second.Tenant.TenantId.Value
            )
        );
        Assert.DoesNotContain("failed", (string)(await ActionsAsync(stranger))!, StringComparison.Ordinal);
    }

    private Task<object?> ActionsAsync(Session session) =>
        _host.SqlAsync("select string_agg(action, ' ' order by id) from accounts.audit_entries where tenant_id = $1", session.Tenant.TenantId.Value);
}
