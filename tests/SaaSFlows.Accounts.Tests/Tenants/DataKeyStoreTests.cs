using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;
using SaaSFlows.Vault;

namespace SaaSFlows.Accounts.Tests.Tenants;

public sealed class DataKeyStoreTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Secret_opens_after_a_restart_for_its_own_tenant_only()
    {
        var (tenant, other) = (new TenantId(Guid.NewGuid()), new TenantId(Guid.NewGuid()));
        var envelope = await SealAsync(_host, tenant);
        await SealAsync(_host, other);

        await using var restarted = new AccountsHost(database);
        Assert.Equal("secret", await OpenAsync(restarted, tenant, envelope));
        Assert.Equal(OpenRefusals.UnknownDataKey, await OpenAsync(restarted, other, envelope));
        Assert.Equal(OpenRefusals.UnknownDataKey, await OpenAsync(restarted, null, envelope));
    }

    [Fact]
    public async Task Concurrent_first_seals_of_many_processes_make_one_key()
    {
        var tenant = new TenantId(Guid.NewGuid());
        var hosts = Enumerable.Range(0, 6).Select(_ => new AccountsHost(database)).ToList();

        var envelopes = await Task.WhenAll(hosts.Select(h => Task.Run(() => SealAsync(h, tenant))));

        Assert.Equal(1, await _host.CountAsync("accounts.data_keys where tenant_id = $1", tenant.Value));
        foreach (var envelope in envelopes)
        {
            Assert.Equal("secret", await OpenAsync(_host, tenant, envelope));
        }

        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Replace_loses_against_another_replace()
    {
        var tenant = new TenantId(Guid.NewGuid());
        await SealAsync(_host, tenant);
        var store = _host.Get<IDataKeyStore>();
        var key = Assert.Single(await store.ReadAsync(tenant, AccountsHost.Ct));
        var changed = key with { Envelope = [.. key.Envelope, 1] };

        Assert.True(await store.TryReplaceAsync(tenant, changed, key.Envelope, AccountsHost.Ct));
        Assert.False(await store.TryReplaceAsync(tenant, key with { Envelope = [2] }, key.Envelope, AccountsHost.Ct));
        Assert.Equal(changed.Envelope, Assert.Single(await store.ReadAsync(tenant, AccountsHost.Ct)).Envelope);
    }

    [Fact]
    public async Task Lookup_role_sees_no_tenants_keys()
    {
        await SealAsync(_host, new TenantId(Guid.NewGuid()));
        await SealAsync(_host, null);
        await using var connection = await _host.Get<PostgresPools>().Lookup.OpenConnectionAsync(AccountsHost.Ct);
        await using var command = new NpgsqlCommand(
            "select count(*) from accounts.data_keys where tenant_id <> '00000000-0000-0000-0000-000000000000'",
            connection
        );

        Assert.Equal(0L, await command.ExecuteScalarAsync(AccountsHost.Ct));
    }

    private static Task<byte[]> SealAsync(AccountsHost host, TenantId? tenant) =>
        host.Get<SecretVault>().SealAsync(tenant, "credential", "1", "secret"u8.ToArray(), AccountsHost.Ct);

    private static async Task<string> OpenAsync(AccountsHost host, TenantId? tenant, byte[] envelope) =>
        (await host.Get<SecretVault>().OpenAsync(tenant, "credential", "1", envelope, AccountsHost.Ct)).Match(
            secret => secret.RevealText(),
            code => code
        );
}
