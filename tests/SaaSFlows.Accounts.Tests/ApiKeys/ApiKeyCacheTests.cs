using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Accounts.Identity.ApiKeys.Internal;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.ApiKeys;

public sealed class ApiKeyCacheTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    private static CancellationToken Ct => AccountsHost.Ct;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_key_costs_no_query_within_four_seconds_and_is_asked_about_again_after_them()
    {
        var (_, key) = await IssueAsync();
        Assert.Null(await RefusalAsync(_host, key));
        await _host.SqlAsync("delete from accounts.api_keys where id = $1", key.Key.ApiKeyId.Value);
        _host.Time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Null(await RefusalAsync(_host, key));

        _host.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("api_key.refused", await RefusalAsync(_host, key));
    }

    [Fact]
    public async Task A_key_revoked_in_another_process_ends_within_five_seconds()
    {
        await using var other = new AccountsHost(database);
        var (caller, key) = await IssueAsync();
        Assert.Null(await RefusalAsync(other, key));

        (await _host.Get<ApiKeysHandler>().RevokeAsync(caller, key.Key.ApiKeyId, Ct)).Value();
        Assert.Equal("api_key.refused", await RefusalAsync(_host, key));
        other.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("api_key.refused", await RefusalAsync(other, key));
    }

    [Fact]
    public async Task A_key_expires_on_the_second_though_it_is_remembered()
    {
        var (_, key) = await IssueAsync(_host.Time.GetUtcNow().AddSeconds(3));
        Assert.Null(await RefusalAsync(_host, key));
        _host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("api_key.expired", await RefusalAsync(_host, key));
    }

    [Theory]
    [InlineData("delete from accounts.memberships where user_id = $1")]
    [InlineData("update accounts.tenants t set status = 'suspended' from accounts.memberships m where m.tenant_id = t.tenant_id and m.user_id = $1")]
    public async Task A_key_ends_with_its_owners_membership_and_tenant(string end)
    {
        var (caller, key) = await IssueAsync();
        await _host.SqlAsync(end, caller.UserId.Value);

        Assert.Equal("api_key.refused", await RefusalAsync(_host, key));
    }

    [Fact]
    public async Task A_key_loses_what_its_owner_loses()
    {
        var (caller, key) = await IssueAsync();
        await _host.SqlAsync("update accounts.memberships set role = 'viewer' where user_id = $1", caller.UserId.Value);
        var narrowed = (await _host.Get<ApiKeyAuthentication>().AuthenticateAsync(key.Secret, Ct)).Value();

        Assert.False(narrowed.May(Permission.CreateWorkflows));
        Assert.True(narrowed.May(Permission.ReadWorkflows));
    }

    [Fact]
    public async Task A_flood_of_wrong_keys_takes_no_memory_and_shuts_nobody_out()
    {
        var (_, key) = await IssueAsync();
        var cache = _host.Get<ApiKeyCache>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10_500),
            Ct,
            async (_, ct) => Assert.Null(await cache.FindAsync(ApiKeySecret.Hash(ApiKeySecret.New())!, ct))
        );

        Assert.InRange(cache.Count, 1, 10_000);
        Assert.Null(await RefusalAsync(_host, key));
    }

    [Fact]
    public async Task Use_is_noted_at_most_once_a_minute()
    {
        var (_, key) = await IssueAsync();
        var first = _host.Time.GetUtcNow();
        await UseAsync(first);
        _host.Time.Advance(TimeSpan.FromSeconds(59));
        await RefusalAsync(_host, key);
        _host.Time.Advance(TimeSpan.FromSeconds(6));
        await UseAsync(_host.Time.GetUtcNow());

        async Task UseAsync(DateTimeOffset expected)
        {
            await RefusalAsync(_host, key);
            await Eventually.True(
                async () =>
                    await _host.SqlAsync("select last_used_at from accounts.api_keys where id = $1", key.Key.ApiKeyId.Value) is DateTime at
                    && at == expected.UtcDateTime,
                TimeSpan.FromSeconds(10),
                Ct
            );
        }
    }

    private static async Task<string?> RefusalAsync(AccountsHost host, IssuedApiKey key) =>
        (await host.Get<ApiKeyAuthentication>().AuthenticateAsync(key.Secret, Ct)).Match<string?>(_ => null, error => error.Code);

    private async Task<(Caller Caller, IssuedApiKey Key)> IssueAsync(DateTimeOffset? expires = null)
    {
        var caller = (await _host.ValidateAsync((await _host.RegisterAsync()).Session.Token.Token)).Caller;
        return (caller, (await _host.Get<ApiKeysHandler>().CreateAsync(caller, new("key", null, null, null, expires), Ct)).Value());
    }
}
