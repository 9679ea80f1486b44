using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
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
    public async Task Unknown_user_and_wrong_password_are_answered_alike_after_the_same_work_and_so_are_waits()
    {
        var hasher = new CountingHasher();
        await using var host = new AccountsHost(database, configure: s => s.AddSingleton<IPasswordHasher<User>>(hasher));
        var email = AccountsHost.NewEmail();
        await host.RegisterAsync(email);
        var unknown = AccountsHost.NewEmail();

        for (var i = 0; i < 7; i++)
        {
            hasher.Verified = 0;
            var known = (await host.SignInAsync(email, Wrong)).Error();
            var work = hasher.Verified;
            Assert.Equal(known, (await host.SignInAsync(unknown, Wrong)).Error());
            Assert.Equal(2 * work, hasher.Verified);
            Assert.Equal(i < 5 ? 1 : 0, work);
        }

        Assert.IsType<AccountsError.Invalid>((await host.SignInAsync(null, null)).Error());
        Assert.IsType<AccountsError.WrongCredentials>((await host.SignInAsync("a\0b", Wrong)).Error());
    }

    [Fact]
    public async Task Fifth_wrong_password_costs_a_wait_and_each_further_one_a_longer_one()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        await FailAsync(email, 4);

        foreach (var minutes in new[] { 1, 2, 4, 8, 15, 15 })
        {
            await FailAsync(email, 1);
            Assert.Equal(
                TimeSpan.FromMinutes(minutes),
                Assert.IsType<AccountsError.TooManyAttempts>((await _host.SignInAsync(email)).Error()).RetryAfter
            );
            _host.Time.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
            Assert.Equal(TimeSpan.FromSeconds(1), Assert.IsType<AccountsError.TooManyAttempts>((await _host.SignInAsync(email)).Error()).RetryAfter);
            _host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True((await _host.SignInAsync(email)).IsDone());
        await FailAsync(email, 4);
        Assert.True((await _host.SignInAsync(email.ToUpperInvariant())).IsDone());
    }

    [Fact]
    public async Task All_spellings_of_an_address_share_one_count()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        await FailAsync(email, 2);
        await FailAsync(email.ToUpperInvariant(), 2);
        await FailAsync($" {email} ", 1);

        Assert.IsType<AccountsError.TooManyAttempts>((await _host.SignInAsync(email)).Error());
    }

    [Fact]
    public async Task Day_without_a_guess_is_a_new_beginning_and_leaves_no_row()
    {
        var (email, other) = (AccountsHost.NewEmail(), AccountsHost.NewEmail());
        await _host.RegisterAsync(email);
        await FailAsync(other, 5);
        await FailAsync(email, 5);
        _host.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await FailAsync(email, 4);

        Assert.True((await _host.SignInAsync(email)).IsDone());
        var day = _host.Time.GetUtcNow() - TimeSpan.FromDays(1);
        for (var left = await _host.CountAsync("accounts.sign_in_attempts where last_at < $1", day); left > 0; left -= 10)
        {
            await _host.SignInAsync(email);
        }

        Assert.Equal(0, await _host.CountAsync("accounts.sign_in_attempts where last_at < $1", day));
    }

    [Fact]
    public async Task Right_passwords_at_the_same_moment_are_no_guesses()
    {
        await using var one = new AccountsHost(database);
        var email = AccountsHost.NewEmail();
        await one.RegisterAsync(email);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => one.SignInAsync(email, address: "203.0.113.77"))));

        Assert.All(outcomes, outcome => Assert.True(outcome.IsDone()));
        Assert.Equal(
            0,
            await one.CountAsync("accounts.sign_in_attempts where key = $1", GuessLimit.AccountKey(GuessKind.Password, email.ToUpperInvariant()))
        );
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_from_two_processes_get_five_tries_together()
    {
        var hashers = new[] { new CountingHasher(), new CountingHasher() };
        await using var one = new AccountsHost(database, configure: s => s.AddSingleton<IPasswordHasher<User>>(hashers[0]));
        await using var two = new AccountsHost(database, configure: s => s.AddSingleton<IPasswordHasher<User>>(hashers[1]));
        var email = AccountsHost.NewEmail();
        await one.RegisterAsync(email);

        var errors = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => Task.Run(async () => (await (i % 2 == 0 ? one : two).SignInAsync(email, Wrong)).Error()))
        );

        Assert.Equal(5, hashers.Sum(h => h.Verified));
        Assert.Equal(5, errors.Count(e => e is AccountsError.WrongCredentials));
        Assert.Equal(55, errors.Count(e => e is AccountsError.TooManyAttempts));
        Assert.False((await two.SignInAsync(email)).IsDone());
    }

    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", "203.0.113.8")]
    [InlineData("2001:db8:0:1::7", "2001:db8:0:1:ffff::8", "2001:db8:0:2::7")]
    public async Task Address_that_tries_one_password_on_many_accounts_has_to_wait_and_others_do_not(string address, string same, string other)
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        await Task.WhenAll(Enumerable.Range(0, 99).Select(_ => Task.Run(() => _host.SignInAsync(AccountsHost.NewEmail(), Wrong, address: address))));

        // A right one of the attacker's own gives back itself only.
        Assert.True((await _host.SignInAsync(email, address: address)).IsDone());
        Assert.True((await _host.SignInAsync(email, address: same)).IsDone());
        Assert.IsType<AccountsError.WrongCredentials>((await _host.SignInAsync(AccountsHost.NewEmail(), Wrong, address: address)).Error());

        Assert.IsType<AccountsError.TooManyAttempts>((await _host.SignInAsync(email, address: same)).Error());
        Assert.True((await _host.SignInAsync(email, address: other)).IsDone());
    }

    [Fact]
    public async Task Tenant_used_last_is_the_one_signed_in_to()
    {
        var email = AccountsHost.NewEmail();
        var own = await _host.RegisterAsync(email);
        var other = await _host.RegisterAsync();
        await AddMemberAsync(other.Session.Tenant.TenantId, own.Session.User.UserId, "viewer");
        await _host.SqlAsync(
            "update accounts.memberships set last_used_at = now() where tenant_id = $1 and user_id = $2",
            other.Session.Tenant.TenantId.Value,
            own.Session.User.UserId.Value
        );

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
        var second = (long)
            (
                await _host.SqlAsync(
                    "insert into accounts.communities (tenant_id, name) values ($1, 'Second') returning id",
                    tenant.Session.Tenant.TenantId.Value
                )
            )!;
        await _host.SqlAsync(
            "insert into accounts.community_members (tenant_id, community_id, user_id, role) values ($1, $2, $3, 'viewer')",
            tenant.Session.Tenant.TenantId.Value,
            second,
            member.UserId.Value
        );

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

    private async Task FailAsync(string email, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.IsType<AccountsError.WrongCredentials>((await _host.SignInAsync(email, Wrong)).Error());
        }
    }

    private sealed class CountingHasher : IPasswordHasher<User>
    {
        private readonly PasswordHasher<User> _inner = new();
        private int _verified;

        public int Verified
        {
            get => _verified;
            set => _verified = value;
        }

        public string HashPassword(User user, string password) => _inner.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _verified);
            return _inner.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
