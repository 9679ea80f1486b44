using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.SigningKeys;

public sealed class SigningKeyTests : IAsyncLifetime
{
    private static readonly SessionId _session = new(Guid.CreateVersion7());

    private static readonly Caller _caller = new(
        new(Guid.NewGuid()),
        "ada",
        new(Guid.NewGuid()),
        Role.Owner.Permissions(),
        CommunityAccess.WholeTenant
    );

    // Each test begins before the first key.
    private readonly TestDatabase _database = new();

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Restart_keeps_tokens_valid()
    {
        await using var before = new AccountsHost(_database);
        var token = await IssueAsync(before);
        await before.DisposeAsync();

        await using var after = new AccountsHost(_database);
        Assert.Equal(_caller.UserId, (await after.ValidateAsync(token)).Caller.UserId);
    }

    [Fact]
    public async Task Processes_that_start_together_agree_on_one_key()
    {
        var hosts = Enumerable.Range(0, 6).Select(_ => new AccountsHost(_database)).ToList();

        var tokens = await Task.WhenAll(hosts.Select(h => Task.Run(() => IssueAsync(h))));

        Assert.Equal(1, await hosts[0].CountAsync("accounts.signing_keys"));
        Assert.Equal(1, await hosts[0].CountAsync("accounts.data_keys"));
        Assert.All(
            await Task.WhenAll(from h in hosts from t in tokens select h.Tokens.ValidateAsync(t, AccountsHost.Ct)),
            r => Assert.True(r.IsDone())
        );
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Next_key_is_announced_a_day_before_it_signs_and_the_old_one_ends_with_its_last_token()
    {
        await using var host = new AccountsHost(_database);
        var first = await KidAsync(host);

        host.Time.Advance(TimeSpan.FromDays(89));
        Assert.Equal(first, await KidAsync(host));
        var announced = (await host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Select(key => key.Kid).ToList();
        Assert.Equal(2, announced.Count);

        host.Time.Advance(TimeSpan.FromDays(1));
        var second = await KidAsync(host);
        Assert.Equal(announced.Order(), new[] { first, second }.Order());
        Assert.NotEqual(first, second);

        host.Time.Advance(TimeSpan.FromHours(24));
        Assert.NotNull(await host.Get<SigningKeyRing>().FindAsync(first, AccountsHost.Ct));
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await host.Get<SigningKeyRing>().FindAsync(first, AccountsHost.Ct));
        Assert.Equal([second], (await host.Tokens.PublicKeysAsync(AccountsHost.Ct)).Select(key => key.Kid));
        Assert.Equal(1, await host.CountAsync("accounts.signing_keys"));
    }

    [Fact]
    public async Task Processes_that_find_the_next_key_due_at_once_agree_on_one()
    {
        var hosts = Enumerable.Range(0, 6).Select(_ => new AccountsHost(_database)).ToList();
        await Task.WhenAll(hosts.Select(IssueAsync));
        foreach (var host in hosts)
        {
            host.Time.Advance(TimeSpan.FromDays(89));
        }

        await Task.WhenAll(hosts.Select(h => Task.Run(() => IssueAsync(h))));

        Assert.Equal(2, await hosts[0].CountAsync("accounts.signing_keys"));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Key_that_another_process_made_is_found_after_seconds()
    {
        await using var first = new AccountsHost(_database);
        var old = await IssueAsync(first);

        // Somebody feared for the key: without its row the next process makes another one.
        await first.SqlAsync("delete from accounts.signing_keys");
        await using var second = new AccountsHost(_database);
        var fresh = await IssueAsync(second);

        // The first process has just loaded: made-up key ids must not make it ask again and again.
        Assert.False((await first.Tokens.ValidateAsync(fresh, AccountsHost.Ct)).IsDone());
        first.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await first.Tokens.ValidateAsync(fresh, AccountsHost.Ct)).IsDone());
        Assert.False((await first.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
        Assert.False((await second.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
    }

    [Fact]
    public async Task Tokens_of_a_key_whose_row_was_deleted_are_refused_within_five_minutes()
    {
        await using var host = new AccountsHost(_database);
        var token = await IssueAsync(host);
        await host.SqlAsync("delete from accounts.signing_keys");

        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False((await host.Tokens.ValidateAsync(token, AccountsHost.Ct)).IsDone());
    }

    [Fact]
    public async Task Key_written_into_the_table_without_the_vault_signs_nothing()
    {
        await using var host = new AccountsHost(_database);
        await IssueAsync(host);
        using var rogue = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await host.SqlAsync(
            "insert into accounts.signing_keys (kid, public_key, sealed_private_key, generation, signs_from) values ('rogue', $1, $2, 0, now() - "
                + "interval '1 hour')",
            rogue.ExportSubjectPublicKeyInfo(),
            rogue.ExportPkcs8PrivateKey()
        );

        await using var restarted = new AccountsHost(_database);
        Assert.Null(await restarted.Get<SigningKeyRing>().FindAsync("rogue", AccountsHost.Ct));
        Assert.Single(await restarted.Tokens.PublicKeysAsync(AccountsHost.Ct));
    }

    [Fact]
    public async Task Published_key_is_the_sealed_one_whatever_its_row_says()
    {
        await using var host = new AccountsHost(_database);
        var token = await IssueAsync(host);
        using var rogue = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await host.SqlAsync("update accounts.signing_keys set public_key = $1", rogue.ExportSubjectPublicKeyInfo());

        await using var restarted = new AccountsHost(_database);
        Assert.True((await restarted.Tokens.ValidateAsync(token, AccountsHost.Ct)).IsDone());
    }

    [Fact]
    public async Task Another_master_key_ends_the_old_tokens_and_signs_new_ones()
    {
        await using var host = new AccountsHost(_database);
        var old = await IssueAsync(host);

        await using var changed = new AccountsHost(_database, masterKey: Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var token = await IssueAsync(changed);

        Assert.True((await changed.Tokens.ValidateAsync(token, AccountsHost.Ct)).IsDone());
        Assert.False((await changed.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
        // Where the first key is still configured, its tokens go on.
        Assert.True((await host.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
        Assert.True((await host.Tokens.ValidateAsync(await IssueAsync(host), AccountsHost.Ct)).IsDone());
    }

    private static async Task<string> KidAsync(AccountsHost host) => new JsonWebToken(await IssueAsync(host)).Kid;

    private static async Task<string> IssueAsync(AccountsHost host) =>
        (await host.Tokens.IssueAsync(_caller, _session, forCookie: false, AccountsHost.Ct)).Token;
}
