using SaaSFlows.Primitives;
using SaaSFlows.Vault.Internal;

namespace SaaSFlows.Vault.Tests;

/// <summary>The bytes of docs/adr/0002-vault-envelope.md, computed by another implementation (node:crypto). They must open for ever.</summary>
public class GoldenVectorTests
{
    private const string MasterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Wrapped =
        "01630dcd2966c4336600112233445566778899aabbccddeeff404142434445464748494a4b"
        + "2955987c28d1f4104bbd8d14e0e9a3ad478a30c9b1923ca8e05831999e2dc2537b135734806277bbd1e29b748a86458f";

    private const string Sealed =
        "01630dcd2966c4336600112233445566778899aabbccddeeff505152535455565758595a5b" + "d2cfda60544c032d5c60786908ad88aedb7ed50a48a4de1665c2997898";

    private static readonly TenantId Tenant = new(Guid.Parse("0192f0c1-a2b3-7c4d-8e5f-60718293a4b5"));
    private static readonly DataKeyId DataKey = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));

    [Fact]
    public async Task Envelope_of_version_1_opens()
    {
        var store = new InMemoryDataKeyStore();
        await store.TryAddAsync(Tenant, new(DataKey, 1, Convert.FromHexString(Wrapped)), TestContext.Current.CancellationToken);

        Assert.Equal(
            "correct horse",
            await new SecretVault(Keys.Load(MasterKey), store).OpenTextAsync(Tenant, Convert.FromHexString(Sealed), "credential", "7")
        );
    }

    [Fact]
    public void Envelope_of_version_1_is_written_so()
    {
        var key = Enumerable.Range(0x20, 32).Select(i => (byte)i).ToArray();
        var nonce = Enumerable.Range(0x50, 12).Select(i => (byte)i).ToArray();

        var made = Envelope.Seal(key, Convert.FromHexString("630dcd2966c43366"), DataKey, new(Tenant, "credential", "7"), nonce, "correct horse"u8);

        Assert.Equal(Sealed, Convert.ToHexStringLower(made));
    }

    [Fact]
    public void Derived_bytes_stay_the_same() =>
        Assert.Equal(
            "a59b628fe4d38399129af57e8f06156f708daa3b6784eec1fc7e3836b7e208ca",
            Convert.ToHexStringLower(Keys.Load(MasterKey).Derive("postgres:app"))
        );
}
