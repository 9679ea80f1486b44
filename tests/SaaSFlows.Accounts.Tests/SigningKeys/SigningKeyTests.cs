using System.Security.Cryptography;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Accounts.SigningKeys.Internal;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.SigningKeys;

public sealed class SigningKeyTests : IAsyncLifetime
{
    private static readonly SessionId _session = new(Guid.CreateVersion7());

    private static readonly Caller _caller = new(new(Guid.NewGuid()), "ada", new(Guid.NewGuid()), Role.Owner.Permissions(), CommunityAccess.WholeTenant);

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
        Assert.All(await Task.WhenAll(from h in hosts from t in tokens select h.Tokens.ValidateAsync(t, AccountsHost.Ct)), r => Assert.True(r.IsDone()));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Key_that_another_process_made_is_found_and_the_retired_one_still_verifies()
    {
        await using var first = new AccountsHost(_database);
        var old = await IssueAsync(first);
        await first.SqlAsync("update accounts.signing_keys set retired_at = now()");
        await using var second = new AccountsHost(_database);
        var fresh = await IssueAsync(second);

        // The first process has just loaded: made-up key ids must not make it ask again and again.
        Assert.False((await first.Tokens.ValidateAsync(fresh, AccountsHost.Ct)).IsDone());
        first.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await first.Tokens.ValidateAsync(fresh, AccountsHost.Ct)).IsDone());
        Assert.True((await first.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
        Assert.True((await second.Tokens.ValidateAsync(old, AccountsHost.Ct)).IsDone());
        Assert.Equal(2, (await second.Tokens.PublicKeysAsync(AccountsHost.Ct)).Count);
    }

    [Fact]
    public async Task Key_written_into_the_table_without_the_vault_signs_nothing()
    {
        await using var host = new AccountsHost(_database);
        await IssueAsync(host);
        using var rogue = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await host.SqlAsync(
            "insert into accounts.signing_keys (kid, public_key, sealed_private_key, retired_at) values ('rogue', $1, $2, now())",
            rogue.ExportSubjectPublicKeyInfo(),
            rogue.ExportPkcs8PrivateKey());

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
    public async Task Wrong_master_key_stops_sign_in_with_a_clear_error_and_makes_no_second_key()
    {
        await using var host = new AccountsHost(_database);
        await IssueAsync(host);

        await using var stranger = new AccountsHost(_database, masterKey: Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => IssueAsync(stranger));
        Assert.Contains("SAASFLOWS_MASTER_KEY", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await host.CountAsync("accounts.signing_keys"));
    }

    private static async Task<string> IssueAsync(AccountsHost host) => (await host.Tokens.IssueAsync(_caller, _session, forCookie: false, AccountsHost.Ct)).Token;
}
