using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Identity;

public sealed class SignInTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private const string Wrong = "wrong password!";

    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Right_password_opens_a_session_in_the_users_tenant()
    {
        var email = AccountsHost.NewEmail();
        var made = await _host.RegisterAsync(email);

        var session = (await _host.SignInAsync(email.ToUpperInvariant() + " ")).Value();

        Assert.Equal(made.Session.Tenant, session.Tenant);
        Assert.Equal(made.Session.User, session.User);
        Assert.Equal(TimeSpan.FromHours(1), session.Token.ExpiresIn);
        Assert.Equal(made.Session.Tenant.TenantId, (await _host.ValidateAsync(session.Token.Token)).Caller.TenantId);
    }

    [Fact]
    public async Task Unknown_user_wrong_password_and_lockout_are_answered_alike_after_the_same_work()
    {
        var counter = new GatedHasher();
        await using var host = new AccountsHost(database, configure: s => s.AddSingleton<IPasswordHasher<User>>(counter));
        var email = AccountsHost.NewEmail();
        await host.RegisterAsync(email);

        var unknown = (await host.SignInAsync(AccountsHost.NewEmail(), Wrong)).Error();
        var wrong = (await host.SignInAsync(email, Wrong)).Error();
        await LockAsync(host, email);
        counter.Verified = 0;
        var locked = (await host.SignInAsync(email)).Error();

        Assert.IsType<AccountsError.WrongCredentials>(unknown);
        Assert.Equal(unknown, wrong);
        Assert.Equal(unknown, locked);
        Assert.Equal(1, counter.Verified);
        counter.Verified = 0;
        await host.SignInAsync(AccountsHost.NewEmail(), Wrong);
        await host.SignInAsync(null, null);
        Assert.Equal(2, counter.Verified);
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_for_five_minutes()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        await LockAsync(_host, email);

        _host.Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.False((await _host.SignInAsync(email)).IsDone());
        _host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await _host.SignInAsync(email)).IsDone());
    }

    [Fact]
    public async Task Right_password_forgives_four_wrong_ones()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);

        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++)
            {
                await _host.SignInAsync(email, Wrong);
            }

            Assert.True((await _host.SignInAsync(email)).IsDone());
        }
    }

    [Fact]
    public async Task Concurrent_guesses_are_all_counted()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(() => _host.SignInAsync(email, Wrong))));

        Assert.False((await _host.SignInAsync(email)).IsDone());
    }

    [Fact]
    public async Task Right_guess_under_way_when_the_account_is_locked_is_refused()
    {
        var hasher = new GatedHasher();
        await using var host = new AccountsHost(database, configure: s => s.AddSingleton<IPasswordHasher<User>>(hasher));
        var email = AccountsHost.NewEmail();
        await host.RegisterAsync(email);

        hasher.Hold(AccountsHost.Password);
        var guess = Task.Run(() => host.SignInAsync(email));
        await hasher.Held;
        await LockAsync(host, email);
        hasher.Release();

        Assert.IsType<AccountsError.WrongCredentials>((await guess).Error());
    }

    [Fact]
    public async Task Tenant_used_last_is_the_one_signed_in_to()
    {
        var email = AccountsHost.NewEmail();
        var own = await _host.RegisterAsync(email);
        var other = await _host.RegisterAsync();
        await AddMemberAsync(other.Session.Tenant.TenantId, own.Session.User.UserId, "viewer");
        await _host.SqlAsync("update accounts.memberships set last_used_at = now() where tenant_id = $1 and user_id = $2", other.Session.Tenant.TenantId.Value, own.Session.User.UserId.Value);

        Assert.Equal(other.Session.Tenant, (await _host.SignInAsync(email)).Value().Tenant);

        await _host.SqlAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1", other.Session.Tenant.TenantId.Value);
        Assert.Equal(own.Session.Tenant, (await _host.SignInAsync(email)).Value().Tenant);

        await _host.SqlAsync("update accounts.tenants set status = 'suspended' where tenant_id = $1", own.Session.Tenant.TenantId.Value);
        Assert.IsType<AccountsError.TenantClosed>((await _host.SignInAsync(email)).Error());
        Assert.IsType<AccountsError.WrongCredentials>((await _host.SignInAsync(email, Wrong)).Error());
    }

    [Fact]
    public async Task Member_without_a_tenant_wide_role_acts_in_own_communities_with_the_role_there()
    {
        var tenant = await _host.RegisterAsync();
        var member = await EditorAsync(tenant.Session.Tenant.TenantId);
        var second = (long)(await _host.SqlAsync("insert into accounts.communities (tenant_id, name) values ($1, 'Second') returning id", tenant.Session.Tenant.TenantId.Value))!;
        await _host.SqlAsync(
            "insert into accounts.community_members (tenant_id, community_id, user_id, role) values ($1, $2, $3, 'viewer')",
            tenant.Session.Tenant.TenantId.Value,
            second,
            member.UserId.Value);

        var caller = (await _host.ValidateAsync((await _host.SignInAsync(member.Email)).Value().Token.Token)).Caller;

        Assert.Equal(tenant.Session.Tenant.TenantId, caller.TenantId);
        Assert.True(caller.May(Permission.ReadWorkflows, new(second)));
        Assert.False(caller.May(Permission.UpdateWorkflows, new(second)));
        Assert.False(caller.May(Permission.ReadWorkflows, tenant.Community.CommunityId));
        Assert.Equal([new CommunityId(second)], caller.Scope().Communities.Communities);
    }

    private async Task<Accounts.Identity.UserSummary> EditorAsync(TenantId tenant)
    {
        var user = (await _host.RegisterAsync()).Session.User;
        await _host.SqlAsync("delete from accounts.memberships where user_id = $1", user.UserId.Value);
        await AddMemberAsync(tenant, user.UserId, "editor");
        return user;
    }

    private async Task AddMemberAsync(TenantId tenant, UserId user, string role) =>
        await _host.SqlAsync("insert into accounts.memberships (tenant_id, user_id, role) values ($1, $2, $3)", tenant.Value, user.Value, role);

    private static async Task LockAsync(AccountsHost host, string email)
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.False((await host.SignInAsync(email, Wrong)).IsDone());
        }
    }

    /// <summary>Counts the checks, and can hold one password's until it is let go.</summary>
    private sealed class GatedHasher : IPasswordHasher<User>
    {
        private readonly PasswordHasher<User> _inner = new();
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new();
        private string? _holds;

        public int Verified { get; set; }

        public Task Held => _held.Task.WaitAsync(AccountsHost.Ct);

        public void Hold(string password) => _holds = password;

        public void Release() => _gate.SetResult();

        public string HashPassword(User user, string password) => _inner.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Verified++;
            if (providedPassword == _holds)
            {
                _held.TrySetResult();
                _gate.Task.Wait(AccountsHost.Ct);
            }

            return _inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
