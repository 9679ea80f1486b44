namespace SaaSFlows.Vault.Tests;

public class RotationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rotated_master_key_opens_old_envelopes_and_after_rewrap_without_the_old_key()
    {
        var store = new InMemoryDataKeyStore();
        var (old, current) = (Keys.NewBase64(), Keys.NewBase64());
        var tenant = Keys.NewTenant();
        var envelope = await new SecretVault(Keys.Load(old), store).SealTextAsync(tenant, "secret");

        var rotating = new SecretVault(Keys.Load(current, previous: old), store);
        Assert.Equal("secret", await rotating.OpenTextAsync(tenant, envelope));
        Assert.Equal(1, await rotating.RewrapAsync(tenant, Ct));
        Assert.Equal(0, await rotating.RewrapAsync(tenant, Ct));

        var rotated = new SecretVault(Keys.Load(current), store);
        Assert.Equal("secret", await rotated.OpenTextAsync(tenant, envelope));
        Assert.Equal("new", await rotated.OpenTextAsync(tenant, await rotated.SealTextAsync(tenant, "new")));
        Assert.Equal(OpenRefusals.UnknownMasterKey, await new SecretVault(Keys.Load(old), store).OpenTextAsync(tenant, envelope));
    }

    [Fact]
    public async Task Newest_data_key_seals_and_all_open()
    {
        var store = new InMemoryDataKeyStore();
        var vault = Keys.NewVault(store);
        var before = await vault.SealTextAsync(null, "before");
        await vault.AddDataKeyAsync(null, Ct);
        var after = await vault.SealTextAsync(null, "after");

        Assert.Equal("before", await vault.OpenTextAsync(null, before));
        Assert.Equal("after", await vault.OpenTextAsync(null, after));
        Assert.Equal([1, 2], store.All.Select(k => k.Generation));
        // Bytes 9 to 24 name the data key.
        Assert.NotEqual(before[9..25], after[9..25]);
    }
}
