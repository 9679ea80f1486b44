using SaaSFlows.Vault.Internal;

namespace SaaSFlows.Vault.Tests;

public class SecretVaultTests
{
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("correct horse battery staple ✓")]
    public async Task Sealed_secret_opens_for_its_owner(string text)
    {
        var vault = Keys.NewVault();
        var tenant = Keys.NewTenant();

        Assert.Equal(text, await vault.OpenTextAsync(tenant, await vault.SealTextAsync(tenant, text)));
        Assert.Equal(text, await vault.OpenTextAsync(null, await vault.SealTextAsync(null, text)));
    }

    [Fact]
    public async Task Same_plaintext_never_gives_the_same_envelope()
    {
        var vault = Keys.NewVault();

        Assert.NotEqual(await vault.SealTextAsync(null, "twice"), await vault.SealTextAsync(null, "twice"));
    }

    [Fact]
    public async Task Any_flipped_bit_is_refused()
    {
        var vault = Keys.NewVault();
        var tenant = Keys.NewTenant();
        var envelope = await vault.SealTextAsync(tenant, "secret");

        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            byte[] changed = [.. envelope];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.StartsWith("vault.", await vault.OpenTextAsync(tenant, changed), StringComparison.Ordinal);
        }

        Assert.Equal("secret", await vault.OpenTextAsync(tenant, envelope));
    }

    [Fact]
    public async Task Any_truncation_is_refused()
    {
        var vault = Keys.NewVault();
        var envelope = await vault.SealTextAsync(null, "secret");

        for (var length = 0; length < envelope.Length; length++)
        {
            var expected = length < 53 ? OpenRefusals.Malformed : OpenRefusals.NotAuthentic;
            Assert.Equal(expected, await vault.OpenTextAsync(null, envelope[..length]));
        }
    }

    [Fact]
    public async Task Envelope_copied_to_another_place_is_refused()
    {
        var vault = Keys.NewVault();
        var (tenant, other) = (Keys.NewTenant(), Keys.NewTenant());
        var envelope = await vault.SealTextAsync(tenant, "secret");
        await vault.SealTextAsync(other, "their own");

        Assert.Equal(OpenRefusals.NotAuthentic, await vault.OpenTextAsync(tenant, envelope, record: "2"));
        Assert.Equal(OpenRefusals.NotAuthentic, await vault.OpenTextAsync(tenant, envelope, purpose: "signing_key"));
        // The same bytes in another order: only the lengths tell them apart.
        Assert.Equal(OpenRefusals.NotAuthentic, await vault.OpenTextAsync(tenant, envelope, purpose: "credentia", record: "l1"));
        Assert.Equal(OpenRefusals.UnknownDataKey, await vault.OpenTextAsync(other, envelope));
        Assert.Equal(OpenRefusals.UnknownDataKey, await vault.OpenTextAsync(null, envelope));
    }

    [Fact]
    public async Task Data_key_row_copied_to_another_tenant_does_not_unwrap()
    {
        var store = new InMemoryDataKeyStore();
        var masterKeys = Keys.Load(Keys.NewBase64());
        var (tenant, thief) = (Keys.NewTenant(), Keys.NewTenant());
        var envelope = await new SecretVault(masterKeys, store).SealTextAsync(tenant, "secret");
        await store.TryAddAsync(thief, store.All.Single(), TestContext.Current.CancellationToken);

        Assert.Equal(OpenRefusals.NotAuthentic, await new SecretVault(masterKeys, store).OpenTextAsync(thief, envelope));
    }

    [Fact]
    public async Task Unknown_version_is_named_as_such()
    {
        var vault = Keys.NewVault();
        var envelope = await vault.SealTextAsync(null, "secret");
        envelope[0] = 2;

        Assert.Equal(OpenRefusals.UnknownVersion, await vault.OpenTextAsync(null, envelope));
    }

    [Fact]
    public async Task Another_master_key_opens_and_replaces_nothing_and_seals_with_a_data_key_of_its_own()
    {
        var store = new InMemoryDataKeyStore();
        var envelope = await Keys.NewVault(store).SealTextAsync(null, "secret");
        var stranger = Keys.NewVault(store);

        Assert.Equal(OpenRefusals.UnknownMasterKey, await stranger.OpenTextAsync(null, envelope));
        await Assert.ThrowsAsync<InvalidOperationException>(() => stranger.RewrapAsync(null, TestContext.Current.CancellationToken));
        Assert.Single(store.All);

        Assert.Equal("new", await stranger.OpenTextAsync(null, await stranger.SealTextAsync(null, "new")));
        await stranger.SealTextAsync(null, "once more");
        Assert.Equal(2, store.All.Count);
    }

    [Fact]
    public async Task Empty_tenant_id_can_not_pass_as_the_platform() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Keys.NewVault().SealTextAsync(new(Guid.Empty), "secret"));

    [Fact]
    public async Task Concurrent_first_seals_make_one_data_key()
    {
        const int Processes = 16;
        var store = new RendezvousStore(Processes);
        var masterKeys = Keys.Load(Keys.NewBase64());
        var vaults = Enumerable.Range(0, Processes).Select(_ => new SecretVault(masterKeys, store)).ToList();

        var envelopes = await Task.WhenAll(vaults.Select(v => v.SealTextAsync(null, "secret")));

        Assert.Single(store.All);
        foreach (var envelope in envelopes)
        {
            Assert.Equal("secret", await vaults[0].OpenTextAsync(null, envelope));
        }
    }

    [Fact]
    public async Task Opening_again_needs_no_store()
    {
        var store = new InMemoryDataKeyStore();
        var vault = Keys.NewVault(store);
        var envelope = await vault.SealTextAsync(null, "secret");
        var before = store.Reads;

        Assert.Equal("secret", await vault.OpenTextAsync(null, envelope));
        Assert.Equal(before, store.Reads);
    }

    [Fact]
    public void Cache_of_data_keys_is_bounded_and_forgets_the_least_used()
    {
        var cache = new DataKeyCache(capacity: 2);
        var ids = Enumerable.Range(0, 3).Select(_ => new CacheKey(null, new(Guid.NewGuid()))).ToList();
        cache.Add(ids[0], [1]);
        cache.Add(ids[1], [2]);
        cache.Copy(ids[0]);
        cache.Add(ids[2], [3]);

        Assert.Equal(2, cache.Count);
        Assert.Equal([1], cache.Copy(ids[0]));
        Assert.Null(cache.Copy(ids[1]));
    }

    [Fact]
    public async Task Secret_prints_stars_and_is_wiped()
    {
        var vault = Keys.NewVault();
        var result = await vault.OpenAsync(
            null,
            "p",
            "r",
            await vault.SealTextAsync(null, "hunter2", "p", "r"),
            TestContext.Current.CancellationToken
        );
        var secret = Assert.IsType<OpenResult.Opened>(result).Secret;

        Assert.Equal("hunter2", secret.RevealText());
        Assert.DoesNotContain("hunter2", $"{result} {secret}", StringComparison.Ordinal);
        secret.Dispose();
        Assert.All(secret.Reveal().ToArray(), b => Assert.Equal(0, b));
    }

    /// <summary>Holds the first reads until all have come, so that every caller sees an empty scope.</summary>
    private sealed class RendezvousStore(int readers) : InMemoryDataKeyStore
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public override async Task<IReadOnlyList<WrappedDataKey>> ReadAsync(Primitives.TenantId? scope, CancellationToken ct)
        {
            var rows = await base.ReadAsync(scope, ct);
            if (Interlocked.Increment(ref _arrived) == readers)
            {
                _all.SetResult();
            }

            await _all.Task.WaitAsync(ct);
            return rows;
        }
    }
}
