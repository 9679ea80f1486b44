using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Identity;

public sealed class RegisterTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Registration_makes_an_owner_with_a_tenant_a_community_and_a_web_chat()
    {
        var email = AccountsHost.NewEmail();
        var made = await _host.RegisterAsync(email, "Zoe's Workshop & Sons");

        Assert.Equal("zoe-s-workshop-sons", made.Session.Tenant.Slug);
        Assert.Equal("Zoe's Workshop & Sons", made.Session.Tenant.Name);
        Assert.Equal(email, made.Session.User.Email);
        Assert.Equal(made.Community.CommunityId, made.Entity.CommunityId);
        var caller = (await _host.ValidateAsync(made.Session.Token.Token)).Caller;
        Assert.True(caller.May(Permission.CreateWorkflows, made.Community.CommunityId));
        Assert.Equal(
            1,
            await _host.CountAsync(
                "accounts.entities e join accounts.memberships m on m.tenant_id = e.tenant_id where e.id = $1 and m.role = 'owner' and m.user_id "
                    + "= $2",
                made.Entity.EntityId.Value,
                caller.UserId.Value
            )
        );
    }

    [Theory]
    [InlineData("", "a@example.com", "long enough password", "tenant_name")]
    [InlineData("   ", "a@example.com", "long enough password", "tenant_name")]
    [InlineData("a\0b", "a@example.com", "long enough password", "tenant_name")]
    [InlineData(null, "a@example.com", "long enough password", "tenant_name")]
    [InlineData("Acme", "no-at-sign", "long enough password", "email")]
    [InlineData("Acme", "two@at@signs", "long enough password", "email")]
    [InlineData("Acme", "white space@example.com", "long enough password", "email")]
    [InlineData("Acme", "@example.com", "long enough password", "email")]
    [InlineData("Acme", null, "long enough password", "email")]
    [InlineData("Acme", "a@example.com", "eleven char", "password")]
    [InlineData("Acme", "a@example.com", "             ", "password")]
    [InlineData("Acme", "a@example.com", null, "password")]
    [InlineData("", "", "", "email,password,tenant_name")]
    public async Task Bad_field_is_named(string? tenant, string? email, string? password, string fields)
    {
        var error = Assert.IsType<AccountsError.Invalid>((await _host.TryRegisterAsync(email, tenant, password)).Error());

        Assert.Equal(fields, string.Join(',', error.Fields.Keys.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("aaaaaaaaaaaa")]
    [InlineData("пароль пароль")]
    public async Task Twelve_characters_of_any_kind_are_a_password(string password)
    {
        var email = AccountsHost.NewEmail();

        Assert.True((await _host.TryRegisterAsync(email, "Acme", password)).IsDone());
        Assert.True((await _host.SignInAsync(email, password)).IsDone());
    }

    [Fact]
    public async Task Taken_address_is_refused_in_any_case_and_leaves_nothing_behind()
    {
        var email = AccountsHost.NewEmail();
        await _host.RegisterAsync(email);
        var name = Guid.NewGuid().ToString();

        Assert.IsType<AccountsError.EmailTaken>((await _host.TryRegisterAsync(" " + email.ToUpperInvariant(), name)).Error());
        Assert.Equal(0, await _host.CountAsync("accounts.tenants where name = $1", name));
    }

    [Fact]
    public async Task Of_concurrent_registrations_of_one_address_one_succeeds()
    {
        var (email, name) = (AccountsHost.NewEmail(), Guid.NewGuid().ToString());

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _host.TryRegisterAsync(email, name))));

        Assert.Single(results, r => r.IsDone());
        Assert.All(results.Where(r => !r.IsDone()), r => Assert.IsType<AccountsError.EmailTaken>(r.Error()));
        Assert.Equal(1, await _host.CountAsync("accounts.users where email = $1", email));
        Assert.Equal(1, await _host.CountAsync("accounts.tenants where name = $1", name));
    }

    [Fact]
    public async Task Tenants_of_one_name_get_slugs_of_their_own()
    {
        var name = "Same " + Guid.NewGuid().ToString("N");

        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => _host.RegisterAsync(tenant: name))));

        Assert.Equal(12, made.Select(m => m.Session.Tenant.Slug).Distinct().Count());
        Assert.All(made, m => Assert.StartsWith("same-", m.Session.Tenant.Slug, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("---", "tenant")]
    [InlineData("東京", "tenant")]
    [InlineData("Ä  b__C!", "b-c")]
    public void Slug_is_made_of_letters_digits_and_hyphens(string name, string slug) => Assert.Equal(slug, Slug.From(name));

    [Fact]
    public async Task Longest_name_gets_a_slug_that_the_table_accepts()
    {
        var name = new string('x', 120);

        await _host.RegisterAsync(tenant: name);
        var second = await _host.RegisterAsync(tenant: name);

        Assert.EndsWith("-2", second.Session.Tenant.Slug, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_half_way_leaves_no_user()
    {
        await using var spoiled = new TestDatabase();
        await spoiled.InitializeAsync();
        await using var host = new AccountsHost(spoiled);
        await host.SqlAsync("alter table accounts.entities add constraint nothing_goes check (false)");
        var email = AccountsHost.NewEmail();

        await Assert.ThrowsAnyAsync<Exception>(() => host.TryRegisterAsync(email));
        Assert.Equal(0, await host.CountAsync("accounts.users"));
        await host.SqlAsync("alter table accounts.entities drop constraint nothing_goes");
        Assert.True((await host.TryRegisterAsync(email)).IsDone());
    }

    [Fact]
    public async Task Identity_model_equals_the_schema()
    {
        await using var scope = _host.Get<IServiceScopeFactory>().CreateAsyncScope();

        Assert.Empty(await DriftCheck.FindAsync(scope.ServiceProvider.GetRequiredService<IdentityDb>(), AccountsHost.Ct));
    }
}
